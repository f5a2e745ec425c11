import { defineCheck } from '../engine/check.ts';
import { isRootUser } from '../engine/container-user.ts';
import { eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { execParameters, judgeExecs } from '../engine/execs.ts';
import { notApplicable } from '../engine/verdict.ts';

export default defineCheck({
  id: 'exec-as-root',
  theme: 'unprivileged-processes',
  severity: 'low',
  subject: 'container',
  cis: { '1.5.0': '5.23', '1.6.0': '5.24', '1.7.0': '5.24', '1.8.0': '5.24' },
  cisLevel: 2,
  title: 'Commands are not run as root in containers of another user',
  rationale:
    'A container that runs as an ordinary user is safe as long as nobody becomes root inside: docker exec --user root does that in a word, and can change or read whatever the program itself may not.',
  remediation:
    'Leave --user root out: docker exec NAME COMMAND (compose: docker compose exec without --user). For looking closer, start a second container that joins the namespaces: docker run --pid container:NAME --network container:NAME …. Who may exec is up to an authorization plugin: "authorization-plugins" in daemon.json.',
  decidedBy:
    "The commands that run at the time of the scan fail if one runs as root while Config.User is another. The engine forgets those that have ended, so it passes only while somebody vouches for the rest (parameter attestedUntil). Does not apply where the container's own user is root.",
  question: 'Is docker exec as root kept from use on this host, and does somebody review that it is?',
  needs: ['containers'],
  parameters: execParameters,
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.24',
    'moby/moby daemon/exec.go (ContainerExecCreate)',
    'moby/moby daemon/health.go (cmdProbe.run)',
  ],
  *evaluate({ snapshot, parameters }) {
    yield* eachContainer(snapshot, { stoppedContainers: 'same', severity: 'low' }, ({ container, inspect, up }) => {
      const isRoot = isRootUser(inspect.Config?.User);
      if (up && isRoot === undefined) return fieldNotSeen('Config.User');
      if (up && isRoot === true)
        return notApplicable("The container's own user is root: becoming root in it takes nothing new", [
          { source: 'Config.User', value: inspect.Config?.User ?? null },
        ]);
      return judgeExecs(container, up, {
        named: 'as root',
        // The engine fills in the container's own user, so none at all was not seen.
        breaks: ({ user }) => isRootUser(user),
        evidenceOf: ({ user }) => ({ source: 'exec.ProcessConfig.user', value: user ?? null }),
        takenAt: snapshot.takenAt,
        attestedUntil: parameters.attestedUntil,
      });
    });
  },
});
