import { type HostFiles, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { aboutHostFiles, lookAt, notLookedAt } from '../engine/host-file-facts.ts';
import { judgeModes, modeParameter } from '../engine/host-permissions.ts';
import { activatedSockets, apiSockets, containerdSocket, lookAtAll } from '../engine/host-places.ts';
import { unitOf, valueOfKey } from '../engine/systemd-units.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import type { Severity } from '../engine/vocabulary.ts';
import { socketOwnershipsOf } from './socket-ownership.ts';

const commonOf = (number: string) => ({
  theme: 'daemon-attack-surface' as const,
  subject: 'host' as const,
  cis: { '1.6.0': number, '1.7.0': number, '1.8.0': number },
  cisLevel: 1 as const,
  needs: ['hostFiles'] as const,
  sources: [
    `CIS Docker Benchmark 1.6.0, ${number}`,
    'https://docs.docker.com/reference/cli/dockerd/',
    'systemd.socket(5)',
  ],
});

const noApiSocket = 'The daemon listens on no socket of the host';
const noContainerdSocket = 'The host has no socket of containerd';
/** The socket of a rootless daemon lies in the folder of its account. */
const isOfAnAccount = (path: string): boolean => path.startsWith('/run/user/');

const isRootName = (name: string): boolean => name === 'root' || name === '0';

/** The name of a group given by number, where the host's own list has it. */
const groupName = (facts: HostFiles, group: string): string =>
  /^\d+$/.test(group) ? (facts.groups?.find(({ gid }) => gid === Number(group))?.name ?? group) : group;

const judgeApiSocketOwner = (
  facts: HostFiles,
  { allowedGroups, acceptRootGroup }: { allowedGroups: readonly string[]; acceptRootGroup: boolean },
): Judgement => {
  const all = apiSockets(facts);
  const existing = lookAtAll(facts, all === 'none' ? all : all?.filter((path) => !isOfAnAccount(path)));
  if (existing === undefined) return notLookedAt("Where the daemon's sockets are");
  if (existing === 'none') return notApplicable(noApiSocket);
  const ownerships = socketOwnershipsOf(facts);
  if (ownerships === undefined)
    return notLookedAt(
      "Who the daemon's sockets are given to",
      'A person\'s answer to: stat -c "%U:%G" /run/docker.sock',
    );
  const evidence: Evidence[] = ownerships.map(({ path, user, group, source }) => ({
    source: `${source}: ${path}`,
    value: `${user}:${group}`,
  }));
  const wrong = ownerships.filter(({ user, group }) => {
    const name = groupName(facts, group);
    return !isRootName(user) || !(allowedGroups.includes(name) || (acceptRootGroup && isRootName(name)));
  });
  if (wrong.length > 0) {
    const named = wrong.map(({ path, user, group }) => `${path} to ${user}:${group}`);
    return fail(`The configuration gives ${named.join(', ')} (inferred from what makes the socket)`, evidence);
  }
  const unseen = existing.find(({ state }) => state !== 'found');
  if (unseen !== undefined) return notLookedAt(`The socket ${unseen.path}`);
  return pass(
    "The daemon's sockets belong to root and an allowed group, inferred from what makes them: a later chown would not show",
    evidence,
  );
};

const severityOfSocket = (surplus: number): Severity => ((surplus & 0o002) === 0 ? 'high' : 'critical');

/** What the unit will set at the next start, where that differs from what was found. */
const lastingMode = (facts: HostFiles): string => {
  const unit = unitOf(facts, 'docker.socket');
  const lasting = unit === undefined || unit === 'absent' ? undefined : valueOfKey(unit, 'Socket', 'SocketMode');
  // Without the key systemd takes 0666.
  const mode = lasting === '' ? '0666' : lasting;
  const differs = activatedSockets(facts)?.some((path) => {
    const looked = lookAt(facts, path);
    return (
      looked.state === 'found' && mode !== undefined && Number.parseInt(mode, 8) !== ((looked.file.mode ?? -1) & 0o777)
    );
  });
  return differs === true ? `; docker.socket sets ${mode} at its next start` : '';
};

const judgeContainerdOwner = (facts: HostFiles, path: string): Judgement => {
  const { state, grpc, imports, path: file = 'its configuration' } = facts.containerdConfig ?? {};
  const wouldTell = `A person's answer to: stat -c "%u:%g" ${path}`;
  // dockerd writes the configuration of its own containerd anew at each start.
  if (/\/docker\/containerd\//.test(path)) return unknown(`${path} is made by the daemon's own containerd`, wouldTell);
  if (state === 'absent')
    return pass(`${path} belongs to root, inferred: containerd has no configuration file and takes its defaults`, []);
  if (state !== 'read' || grpc?.uid === undefined || grpc.gid === undefined || imports === undefined)
    return notLookedAt(`What ${file} says about ${path}`, wouldTell);
  const evidence = [{ source: `${file} grpc uid:gid`, value: `${grpc.uid}:${grpc.gid}` }];
  if (grpc.uid !== 0 || grpc.gid !== 0)
    return fail(`${file} gives ${path} to ${grpc.uid}:${grpc.gid} instead of root`, evidence);
  if (imports !== null && imports.length > 0)
    return unknown(
      `${file} imports ${imports.join(', ')}, which may give ${path} to another account`,
      wouldTell,
      evidence,
    );
  return pass(`${path} belongs to root, inferred from ${file}: a later chown would not show`, evidence);
};

export default [
  defineCheck({
    ...commonOf('3.15'),
    id: 'docker-socket-owner',
    severity: 'high',
    title: "The daemon's socket belongs to root and a trusted group",
    rationale: 'Whoever may open the socket can start a privileged container: root on the host.',
    remediation:
      'Set SocketUser=root and SocketGroup=docker in a drop-in of docker.socket (systemctl edit docker.socket), or for sockets that dockerd opens itself the daemon.json key "group": "docker"; then systemctl restart docker.socket docker.',
    decidedBy:
      'The ids of a socket can not be read, so they are inferred from what makes it: SocketUser and SocketGroup of docker.socket for fd://, the option group of dockerd for unix://. A group left out of docker.socket is root; dockerd takes docker where that group exists.',
    parameters: z.strictObject({
      allowedGroups: z.array(z.string()).default(['docker']).describe('Groups that may own the socket'),
      acceptRootGroup: z.boolean().default(true).describe('The group root may own it too'),
    }),
    *evaluate({ snapshot, context, parameters }) {
      yield* aboutHostFiles(context, valueOf(snapshot.hostFiles), (facts) => judgeApiSocketOwner(facts, parameters));
    },
  }),
  defineCheck({
    ...commonOf('3.16'),
    id: 'docker-socket-mode',
    severity: 'critical',
    title: "The daemon's socket is closed to others",
    rationale: 'A socket that everyone may write to makes every account, and every service that is broken into, root.',
    remediation:
      'chmod 0660 /run/docker.sock, and SocketMode=0660 in a drop-in of docker.socket (systemctl edit docker.socket) so that it lasts.',
    decidedBy:
      "The measured mode of every socket that the daemon's addresses and docker.socket name: no bit outside maxMode. Without an entry in docker.socket systemd would take 0666. Access lists (ACL) do not show.",
    parameters: z.strictObject({ maxMode: modeParameter('0660') }),
    *evaluate({ snapshot, context, parameters: { maxMode } }) {
      yield* aboutHostFiles(context, valueOf(snapshot.hostFiles), (facts) => {
        const thing = { what: "The daemon's socket", absent: noApiSocket };
        const limit = { maxMode: () => maxMode, severity: severityOfSocket };
        const judged = judgeModes(facts, thing, apiSockets(facts), limit);
        return judged.outcome === 'unknown' || judged.outcome === 'not-applicable'
          ? judged
          : { ...judged, reason: judged.reason + lastingMode(facts) };
      });
    },
  }),
  defineCheck({
    ...commonOf('3.23'),
    id: 'containerd-socket-owner',
    severity: 'high',
    title: "containerd's socket belongs to root",
    rationale:
      'Whoever may open it controls all containers and passes the daemon, its TLS and its authorization plugin by.',
    remediation:
      'Remove uid and gid from the section [grpc] of /etc/containerd/config.toml, or set both to 0; then systemctl restart containerd. No option of docker run, compose or daemon.json does it.',
    decidedBy:
      "The ids of a socket can not be read, so they are inferred from containerd's configuration: uid and gid of its grpc section, 0 where it names none.",
    *evaluate({ snapshot, context }) {
      yield* aboutHostFiles(context, valueOf(snapshot.hostFiles), (facts) => {
        const looked = lookAtAll(facts, containerdSocket({ facts, context, snapshot }));
        if (looked === 'none') return notApplicable(noContainerdSocket);
        const [socket] = looked ?? [];
        if (socket?.state !== 'found') return notLookedAt("containerd's socket");
        if (isOfAnAccount(socket.path)) return notApplicable('The socket lies in the folder of a rootless daemon');
        return judgeContainerdOwner(facts, socket.path);
      });
    },
  }),
  defineCheck({
    ...commonOf('3.24'),
    id: 'containerd-socket-mode',
    severity: 'critical',
    title: "containerd's socket is closed to others",
    rationale: 'A socket of containerd that everyone may write to makes every account on the host root.',
    remediation:
      'chmod 0660 /run/containerd/containerd.sock, and remove what widens it (an ExecStartPost of containerd.service). No option of docker run, compose or daemon.json does it.',
    decidedBy: 'The measured mode of the socket of the containerd in use: no bit outside maxMode.',
    parameters: z.strictObject({ maxMode: modeParameter('0660') }),
    *evaluate({ snapshot, context, parameters: { maxMode } }) {
      yield* aboutHostFiles(context, valueOf(snapshot.hostFiles), (facts) => {
        const thing = { what: "containerd's socket", absent: noContainerdSocket };
        const limit = { maxMode: () => maxMode, severity: severityOfSocket };
        return judgeModes(facts, thing, containerdSocket({ facts, context, snapshot }), limit);
      });
    },
  }),
];
