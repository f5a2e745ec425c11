import { type ContainerEntry, type ContainerInspect, isMissing } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { programName, programsNamed } from './program-names.ts';

const defaultSshPrograms = ['sshd', 'sshd-session', 'sshd-auth', 'dropbear', 'tinysshd', 'tinysshd-makekey', 'lshd'];

export default defineCheck({
  id: 'container-ssh-server',
  theme: 'unprivileged-processes',
  severity: 'medium',
  subject: 'container',
  cis: { '1.5.0': '5.6', '1.6.0': '5.7', '1.7.0': '5.7', '1.8.0': '5.7' },
  cisLevel: 1,
  title: 'No SSH server runs inside containers',
  rationale:
    'An SSH server is one more door into a container, with keys and passwords of its own to manage, that none of the logs and access rules of the engine know of.',
  remediation:
    'Take the SSH server out of the image and enter the container from the host: docker exec -it NAME sh. In compose, drop it from command and entrypoint. Services that offer SSH on purpose, such as SFTP or git, get an exception. There is no key for it in daemon.json.',
  decidedBy:
    'The program names in the process list that the engine takes on the host, for a container that runs; Path and Args for one that does not. Processes can rename themselves: a pass means that none was seen under its usual name.',
  needs: ['containers'],
  parameters: containerParameters.extend({ sshPrograms: z.array(z.string()).default(defaultSshPrograms) }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.7',
    'moby/moby daemon/top_unix.go (ContainerTop)',
    'docker/docker-bench-security#126',
    'https://docs.docker.com/engine/security/#linux-kernel-capabilities',
  ],
  *evaluate({ snapshot, parameters }) {
    const sshPrograms = new Set(parameters.sshPrograms);
    yield* eachContainer(snapshot, { ...parameters, severity: 'medium' }, ({ container, inspect, up }) =>
      up ? judgeProcesses(container, sshPrograms) : judgeCommand(inspect, sshPrograms),
    );
  },
});

const judgeProcesses = ({ processes }: ContainerEntry, sshPrograms: ReadonlySet<string>): Judgement => {
  if (isMissing(processes))
    return unknown(
      `The processes of the container could not be listed (${processes.missing}): ${processes.detail}`,
      processes.missing === 'not-requested'
        ? 'Switch on process lists for this host'
        : 'A scan that can list its processes; on a host without ps, the packages of its image',
    );
  // A container that is up has at least one process.
  if (processes.value.length === 0)
    return unknown('The process list of the container came back empty', 'A scan that can list its processes');
  const names = processes.value.map(({ command }) => programName(command ?? ''));
  // Only the program's name: a command line may hold passwords.
  const servers = names.filter((name) => name !== undefined && sshPrograms.has(name));
  if (servers.length > 0) {
    const found = [...new Set(servers)].map(
      (server) => `${server} (${servers.filter((name) => name === server).length})`,
    );
    return fail(`An SSH server runs in the container: ${found.join(', ')}`, [
      { source: 'top: programs and number of processes', value: found },
    ]);
  }
  if (names.includes(undefined))
    return unknown('The process list of the container has rows without a command', 'An engine that reports commands');
  return pass('No SSH server was seen among the processes of the container', [
    { source: 'top: number of processes', value: names.length },
  ]);
};

const judgeCommand = ({ Path, Args }: ContainerInspect, sshPrograms: ReadonlySet<string>): Judgement => {
  if (Path === undefined) return fieldNotSeen('Path');
  if (Args === undefined) return fieldNotSeen('Args');
  const server = programsNamed(Path, Args ?? []).find((name) => sshPrograms.has(name));
  if (server === undefined) return notApplicable('Nothing runs in the container, and its command names no SSH server');
  return fail(`The command of the container runs the SSH server ${server}`, [
    { source: 'Path and Args: program', value: server },
  ]);
};
