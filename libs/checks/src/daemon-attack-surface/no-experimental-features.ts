import { valueOf } from '@plimsoll/snapshot';
import { defineCheck } from '../engine/check.ts';
import { infoNotSeen } from '../engine/daemon.ts';
import { daemonSubject } from '../engine/subjects.ts';
import { type Judgement, fail, notApplicable, pass } from '../engine/verdict.ts';

export default defineCheck({
  id: 'no-experimental-features',
  theme: 'daemon-attack-surface',
  severity: 'low',
  subject: 'daemon',
  cis: { '1.6.0': '2.18', '1.7.0': '2.18', '1.8.0': '2.19' },
  cisLevel: 1,
  title: 'Experimental features of the daemon are off',
  rationale:
    'Features that are not finished widen what the daemon does for its clients, and nobody promises that they are sound or will be mended.',
  remediation:
    'Remove "experimental": true from daemon.json (and --experimental from the command line of dockerd) and restart.',
  decidedBy:
    'version.Experimental, the engine component of /version, info.ExperimentalBuild and the header of /_ping: one true fails, and at least one must say false. The command line client has a setting of its own, which does not matter.',
  needs: ['version'],
  sources: ['CIS Docker Benchmark 1.6.0, 2.18', 'moby/moby daemon/info.go (SystemVersion)'],
  *evaluate({ snapshot, context }) {
    const engine = context.version?.Components?.find(({ Name }) => Name === 'Engine');
    const evidence = [
      { source: 'version.Experimental', value: context.version?.Experimental },
      { source: 'version.Components[Engine].Details.Experimental', value: flagOf(engine?.Details?.['Experimental']) },
      { source: 'info.ExperimentalBuild', value: context.info?.ExperimentalBuild },
      { source: 'ping header Docker-Experimental', value: valueOf(snapshot.ping)?.experimental },
    ].flatMap(({ source, value }) => (value === undefined ? [] : [{ source, value }]));
    const judged = (): Judgement => {
      // Two constants that contradict each other.
      if (context.isPodman === true) return notApplicable('Podman has no such option');
      if (evidence.length === 0) return infoNotSeen('version.Experimental');
      return evidence.some(({ value }) => value)
        ? fail('Experimental features are on', evidence)
        : pass('Experimental features are off', evidence);
    };
    yield { subject: daemonSubject, ...judged() };
  },
});

const flagOf = (text: string | undefined): boolean | undefined =>
  text === 'true' ? true : text === 'false' ? false : undefined;
