import type { HostSnapshot } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { type ComponentVersion, compareVersions, isAffected, readVersion } from '../engine/component-version.ts';
import type { JudgingContext } from '../engine/context.ts';
import { daysBetween, instantOf } from '../engine/instants.ts';
import { daemonSubject } from '../engine/subjects.ts';
import { type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { branchOf } from './branches.ts';
import { componentOf } from './engine-components.ts';
import { ratingOf } from './known-vulnerability.ts';
import { engineReleases } from './vulnerability-table/engine-releases.ts';
import { tableDate, vulnerabilities } from './vulnerability-table/index.ts';

const Parameters = z.strictObject({
  /** For how long a newer patch of the same line may wait. */
  graceDays: z.number().int().min(0).default(30),
  tableMaxAgeDays: z.number().int().min(1).default(90),
  /** A distribution's build is could not tell; otherwise it is judged by its number. */
  acceptDistributionBuilds: z.boolean().default(true),
});

export default defineCheck({
  id: 'engine-supported-release',
  theme: 'host',
  severity: 'medium',
  subject: 'daemon',
  cis: { '1.6.0': '1.2.2', '1.7.0': '1.2.2', '1.8.0': '1.2.2' },
  cisLevel: 1,
  title: 'The Docker Engine is of a maintained release line and up to date in it',
  rationale:
    'A line that has ended gets no more fixes, and each flaw found in a newer one is a hint at what works against the old. The same goes for a patch that was left lying.',
  remediation:
    'Upgrade to the newest patch of a maintained line: apt-get install --only-upgrade docker-ce docker-ce-cli containerd.io (or dnf upgrade). "live-restore": true in daemon.json keeps containers running while the daemon restarts.',
  decidedBy:
    "version.Version against our table of release lines: their ends, and newer patches that have been out for longer than graceDays. A distribution's or vendor's build, and a line or number that the table does not know, is could not tell.",
  needs: ['version'],
  parameters: Parameters,
  sources: [
    'CIS Docker Benchmark 1.6.0, 1.2.2',
    'https://endoflife.date/docker-engine',
    'moby/moby project/BRANCHES-AND-TAGS.md',
    'docker/docker-bench-security issue 103',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield { subject: daemonSubject, ...judgeRelease(snapshot, context, parameters) };
  },
});

const tracker = "The distribution's security tracker, or its package's changelog on the host";

const judgeRelease = (
  snapshot: HostSnapshot,
  context: JudgingContext,
  parameters: z.infer<typeof Parameters>,
): Judgement => {
  if (context.isPodman === true) return notApplicable('Podman has release lines of its own');
  const engine = componentOf(context, 'moby');
  if (engine.kind === 'not-seen')
    return unknown(`Which engine runs is not known: ${engine.why}`, 'An engine that says its release number');
  const evidence = [{ source: engine.source, value: engine.text }];
  if (engine.packaging === 'development' || engine.version.preRelease !== undefined)
    return unknown(`${engine.text} is no release`, 'A released version', evidence);
  if (engine.packaging === 'patched' && parameters.acceptDistributionBuilds)
    return unknown(
      `${engine.text} is a distribution's or vendor's build, which takes in fixes under an old number`,
      tracker,
      evidence,
    );
  const now = instantOf(snapshot.takenAt);
  if (now === undefined) return unknown('When the scan was made is not known', 'A scan with a date', evidence);
  const severity = hasGraveFlaw(engine.version) ? 'high' : 'medium';
  const branch = branchOf('moby', engine.version);
  if (branch.kind === 'unknown')
    return unknown(`The line of ${engine.text} is not in our table`, 'A newer release of Plimsoll', evidence);
  if (branch.kind === 'older')
    return fail(`Docker Engine ${engine.text} is of a line that ended years ago`, evidence, { severity });
  const { end, source } = branch.branch;
  const line = [
    ...evidence,
    { source: 'end of the line', value: end ?? 'none announced' },
    { source: 'according to', value: source },
  ];
  const endsAt = instantOf(end);
  if (endsAt !== undefined && endsAt < now)
    return fail(`Docker Engine ${engine.text} is of line ${branch.branch.branch}, which ended on ${end}`, line, {
      severity,
    });
  const waiting = newerPatches(engine.version, branch.branch.branch).filter(
    ({ publishedBy }) => (daysBetween(instantOf(publishedBy), now) ?? 0) > parameters.graceDays,
  );
  const newest = waiting.at(-1);
  if (newest !== undefined)
    return fail(
      `Docker Engine ${engine.text} is behind ${newest.version}, which has been out since ${newest.publishedBy} or longer`,
      [...line, { source: 'newer patch', value: newest.version }],
      { severity },
    );
  if (context.isPodman === undefined)
    return unknown('Whether this is a Docker Engine was not seen', 'A scan that can read /version whole', evidence);
  const age = daysBetween(instantOf(tableDate), now) ?? 0;
  if (age > parameters.tableMaxAgeDays)
    return unknown(`Our table of releases ends at ${tableDate}`, 'A newer release of Plimsoll', line);
  return pass(`Docker Engine ${engine.text} is of a maintained line, and no older patch than it may be`, line);
};

/** Of the same line, oldest first. */
const newerPatches = (version: ComponentVersion, line: string) =>
  engineReleases.filter(({ version: text }) => {
    const other = readVersion(text);
    if (other === undefined || compareVersions(other, version) <= 0) return false;
    const branch = branchOf('moby', other);
    return branch.kind === 'branch' && branch.branch.branch === line;
  });

const hasGraveFlaw = (version: ComponentVersion): boolean =>
  vulnerabilities.moby.some(
    (record) => ['critical', 'high'].includes(ratingOf(record)) && isAffected(version, record.affected),
  );
