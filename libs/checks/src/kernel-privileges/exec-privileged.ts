import { defineCheck } from '../engine/check.ts';
import { eachContainer } from '../engine/containers.ts';
import { execParameters, judgeExecs } from '../engine/execs.ts';

export default defineCheck({
  id: 'exec-privileged',
  theme: 'kernel-privileges',
  severity: 'medium',
  subject: 'container',
  cis: { '1.5.0': '5.22', '1.6.0': '5.23', '1.7.0': '5.23', '1.8.0': '5.23' },
  cisLevel: 2,
  title: 'Commands are not run privileged in containers',
  rationale:
    'docker exec --privileged gives a command all capabilities, whatever the container itself may do. What was built to be confined is then run as if it were not, and nothing of it stays on record.',
  remediation:
    'Leave --privileged out: docker exec NAME COMMAND (compose: docker compose exec without --privileged), and give the container what it needs when it is made (docker run --cap-add …, compose: cap_add). Who may exec is up to an authorization plugin: "authorization-plugins" in daemon.json.',
  decidedBy:
    'The commands that run at the time of the scan fail if one is privileged. The engine forgets those that have ended, so it passes only while somebody vouches for the rest (parameter attestedUntil).',
  question: 'Is docker exec with --privileged kept from use on this host, and does somebody review that it is?',
  needs: ['containers'],
  parameters: execParameters,
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.23',
    'https://docs.docker.com/reference/cli/docker/container/exec/',
    'moby/moby daemon/exec.go (ContainerExecCreate, execCommandGC)',
  ],
  *evaluate({ snapshot, parameters }) {
    yield* eachContainer(snapshot, { stoppedContainers: 'same', severity: 'medium' }, ({ container, up }) =>
      judgeExecs(container, up, {
        named: 'privileged',
        breaks: ({ privileged }) => privileged,
        evidenceOf: () => ({ source: 'exec.ProcessConfig.privileged', value: true }),
        takenAt: snapshot.takenAt,
        attestedUntil: parameters.attestedUntil,
      }),
    );
  },
});
