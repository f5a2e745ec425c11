import { type HostFiles, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { aboutHostFiles, notLookedAt } from '../engine/host-file-facts.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { socketOwnershipsOf } from './socket-ownership.ts';

/** Sources that keep their members in files of the host. */
const localSources = ['files', 'compat', 'systemd'];

/** Accounts that are in a group, by its list or as their own group, but for root; undefined where not all was seen. */
const accountsIn = (facts: HostFiles, group: string): string[] | undefined => {
  const { groups, users } = facts;
  if (groups === undefined || users === undefined || groups === null || users === null) return undefined;
  if (groups.some(({ name, gid }) => name === undefined || gid === undefined)) return undefined;
  const found = groups.find(({ name, gid }) => name === group || String(gid) === group);
  if (found === undefined || found.members === undefined) return undefined;
  const accounts = new Set(found.members ?? []);
  for (const { name, uid, gid } of users) {
    if (name === undefined || uid === undefined || gid === undefined) return undefined;
    if (gid === found.gid) accounts.add(name);
  }
  accounts.delete('root');
  return [...accounts].toSorted();
};

const judge = (facts: HostFiles, trustedUsers: readonly string[]): Judgement => {
  const sockets = socketOwnershipsOf(facts);
  if (sockets === undefined) return notLookedAt("The group of the daemon's socket");
  if (sockets.length === 0) return notApplicable('The daemon listens on no socket of the host');
  const groups = [...new Set(sockets.map(({ group }) => group))];
  const seen = groups.map((group) => accountsIn(facts, group));
  const accounts = [...new Set(seen.flatMap((list) => list ?? []))];
  const likeRoot = (facts.users ?? []).flatMap(({ name, uid }) => (uid === 0 && name !== 'root' ? [name ?? '?'] : []));
  const evidence: Evidence[] = [
    { source: `members of ${groups.join(', ')}`, value: accounts },
    ...(likeRoot.length === 0 ? [] : [{ source: 'other accounts with user id 0', value: likeRoot }]),
  ];
  const strangers = accounts.filter((account) => !trustedUsers.includes(account));
  if (strangers.length > 0 && trustedUsers.length > 0)
    return fail(`${strangers.join(', ')} may use the daemon's socket, and so be root, without being trusted`, evidence);
  if (seen.includes(undefined)) return notLookedAt(`The members of ${groups.join(', ')}`);
  const elsewhere = facts.groupSources?.filter((source) => !source.startsWith('[') && !localSources.includes(source));
  if (elsewhere === undefined || elsewhere.length > 0)
    return unknown(
      `The host takes groups from elsewhere too: ${elsewhere?.join(', ') ?? 'its sources were not seen'}`,
      `A person's answer to: getent group ${groups.join(' ')}`,
      evidence,
    );
  if (strangers.length > 0)
    return unknown(
      `${strangers.join(', ')} may use the daemon's socket, and so be root; whether they are trusted is not known`,
      'The list of trusted accounts (parameter trustedUsers)',
      evidence,
    );
  return pass(
    accounts.length === 0
      ? `Nobody but root is in the socket's group (${groups.join(', ')})`
      : `All accounts in the socket's group (${groups.join(', ')}) are trusted`,
    evidence,
  );
};

export default defineCheck({
  id: 'docker-group-trusted-members',
  theme: 'daemon-attack-surface',
  severity: 'high',
  subject: 'host',
  cis: { '1.6.0': '1.1.2', '1.7.0': '1.1.2', '1.8.0': '1.1.2' },
  cisLevel: 1,
  title: "Only trusted accounts are in the group of the daemon's socket",
  rationale:
    'Whoever may open the socket can start a container that has the whole host: membership is root by another name, without sudo and without a trace.',
  remediation:
    'gpasswd -d ACCOUNT docker for each account that does not need it; give the rest rootless Docker, or a client certificate behind an authorization plugin. The daemon.json key "group" names the group; no option of docker run or compose does.',
  decidedBy:
    'The group that docker.socket (SocketGroup) or dockerd (group) gives the socket to, its members in /etc/group and the accounts in /etc/passwd whose own group it is, against trustedUsers. Where the host takes groups from a directory service, a person must look.',
  question: "Is every account that may open the daemon's socket trusted to be root on this host?",
  needs: ['hostFiles'],
  sources: [
    'CIS Docker Benchmark 1.6.0, 1.1.2',
    'https://docs.docker.com/engine/security/#docker-daemon-attack-surface',
  ],
  parameters: z.strictObject({
    trustedUsers: z.array(z.string()).default([]).describe('Accounts that may be root on the host'),
  }),
  *evaluate({ snapshot, context, parameters: { trustedUsers } }) {
    yield* aboutHostFiles(context, valueOf(snapshot.hostFiles), (facts) => {
      if (context.isRootless === true) return notApplicable('The socket of a rootless daemon belongs to one account');
      if (context.isRootless === undefined)
        return notLookedAt('Whether the daemon is rootless', 'An engine that tells');
      return judge(facts, trustedUsers);
    });
  },
});
