import { type HostFiles, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { aboutHostFiles, lookAt, notLookedAt } from '../engine/host-file-facts.ts';
import { tlsFilePlaces } from '../engine/host-places.ts';
import { type Evidence, type Judgement, fail, pass, unknown } from '../engine/verdict.ts';

interface Wanted {
  readonly homes: readonly string[];
  readonly authorityKeyNames: readonly string[];
}

/** An address of a daemon elsewhere; with `ssh://` the key is not here but below .ssh. */
const isElsewhere = (host: string): boolean =>
  !/^(unix|npipe|fd|ssh):/.test(host) && !/^(tcp|https?):\/\/(localhost|127\.|\[::1\])/.test(host) && host !== '';

const judge = (facts: HostFiles, { homes, authorityKeyNames }: Wanted): Judgement => {
  const folders = ['/etc/docker', ...homes.map((home) => `${home}/.docker`)];
  const authority = folders.flatMap((folder) => authorityKeyNames.map((name) => lookAt(facts, `${folder}/${name}`)));
  const found = authority.flatMap(({ state, path }) => (state === 'found' ? [path] : []));
  const evidence: Evidence[] = found.length === 0 ? [] : [{ source: 'keys of authorities', value: found }];
  if (found.length > 0)
    return fail(
      `The key of an authority lies on the host (${found.join(', ')}): root here can issue clients for every daemon that trusts it`,
      evidence,
      { severity: 'critical' },
    );
  const clients = homes.map((home) => facts.clientFolders?.find((folder) => folder.home === home));
  const contexts = clients.flatMap((client) => client?.contexts ?? []);
  const keyed = contexts.flatMap(({ host, hasKey }) =>
    host !== undefined && hasKey === true && isElsewhere(host) ? [host] : [],
  );
  if (keyed.length > 0)
    return fail(`The host holds keys for ${keyed.join(', ')}: root here is root there`, [
      { source: 'contexts with a key', value: keyed },
    ]);
  const unseen = authority.find(({ state }) => state === 'unseen');
  if (unseen !== undefined) return notLookedAt(unseen.path);
  if (clients.some((client) => client?.contexts === undefined && client?.state !== 'absent'))
    return notLookedAt(`The contexts below ${homes.join(', ')}`);
  if (contexts.some(({ host, hasKey }) => host === undefined || hasKey === undefined))
    return notLookedAt('Where the contexts lead and whether they have keys');
  const open = contexts.flatMap(({ host }) => (host !== undefined && isElsewhere(host) ? [host] : []));
  if (open.length > 0)
    return unknown(
      `A context leads to ${open.join(', ')}; whether root here may use it shows nowhere`,
      "A person's answer: can root here reach that daemon?",
      [{ source: 'contexts', value: open }],
    );
  return judgeSingleKeys(facts, homes);
};

/** A key by itself in the folder of a client: the daemon's own belongs there, another opens something. */
const judgeSingleKeys = (facts: HostFiles, homes: readonly string[]): Judgement => {
  const keys = homes.map((home) => lookAt(facts, `${home}/.docker/key.pem`));
  const unseen = keys.find(({ state }) => state === 'unseen');
  if (unseen !== undefined) return notLookedAt(unseen.path);
  const own = tlsFilePlaces(facts, { option: 'tlskey', usualName: 'key.pem' });
  const ownPaths = own === undefined || own === 'none' ? [] : own.map((path) => lookAt(facts, path).path);
  const others = keys.flatMap(({ state, path }) => (state === 'found' && !ownPaths.includes(path) ? [path] : []));
  return others.length > 0
    ? unknown(
        `A private key lies at ${others.join(', ')}, which is not the daemon's own; what it opens shows nowhere`,
        "A person's answer: which daemons does this key open?",
        [{ source: 'private keys', value: others }],
      )
    : pass('No key of an authority, no key of a client and no context for another host was found', []);
};

export default defineCheck({
  id: 'client-keys-on-host',
  theme: 'daemon-attack-surface',
  severity: 'high',
  subject: 'host',
  title: 'The host holds no keys that open other Docker daemons',
  rationale:
    'Whoever becomes root on this host finds the keys there and is root on the next one too; with the key of the authority, on all of them.',
  remediation:
    "Keep the authority's key offline and contexts on administrators' machines (docker context rm NAME here); where a key has lain open, change the authority. No option of docker run, compose or daemon.json does it.",
  decidedBy:
    "Names and modes in /etc/docker and in the folder .docker of the named homes, and where contexts lead. No key is ever read. The daemon's own key belongs there; a context over ssh has its key elsewhere.",
  question: 'Is it certain that no key on this host opens another Docker daemon?',
  needs: ['hostFiles'],
  sources: [
    'https://docs.docker.com/engine/manage-resources/contexts/',
    'https://docs.docker.com/engine/security/protect-access/',
  ],
  parameters: z.strictObject({
    homes: z.array(z.string()).default(['/root']).describe('Home folders to look at'),
    authorityKeyNames: z.array(z.string()).default(['ca-key.pem', 'ca.key']).describe("Names of an authority's key"),
  }),
  *evaluate({ snapshot, context, parameters }) {
    yield* aboutHostFiles(context, valueOf(snapshot.hostFiles), (facts) => judge(facts, parameters));
  },
});
