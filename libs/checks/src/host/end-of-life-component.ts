import type { EngineInfo, HostSnapshot } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { isAffected, readVersion } from '../engine/component-version.ts';
import type { JudgingContext } from '../engine/context.ts';
import { infoNotSeen } from '../engine/daemon.ts';
import { daysBetween, instantOf } from '../engine/instants.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { type Evidence, type Judgement, type Subject, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { branchOf } from './branches.ts';
import { componentNames, componentOf } from './engine-components.ts';
import { systemEnds } from './vulnerability-table/end-of-life.ts';
import { vulnerabilities } from './vulnerability-table/index.ts';

const SystemEnd = z.strictObject({ end: z.iso.date(), extendedEnd: z.iso.date().nullable() });

const Parameters = z.strictObject({
  warnDays: z.number().int().min(0).default(90),
  /** Patterns of host names (info.Name) for which extended support was bought. */
  extendedSupportHosts: z.array(z.string()).default([]),
  /** By the name that /info shows, then by release; goes before our own table. */
  osEndOfLife: z.record(z.string(), z.record(z.string(), SystemEnd)).default({}),
});
type Given = z.infer<typeof Parameters>;

export default defineCheck({
  id: 'end-of-life-component',
  theme: 'host',
  severity: 'medium',
  subject: 'host',
  title: 'containerd, runc and the operating system are still maintained',
  rationale:
    'What has reached its end gets no more fixes: the next flaw in the kernel, the C library or the runtime stays open for good.',
  remediation:
    'Upgrade containerd.io, which brings runc along (apt-get install --only-upgrade containerd.io, or dnf upgrade containerd.io), and move the host to a release of its operating system that is maintained (do-release-upgrade, or a new host). Where extended support was bought, list the host in the parameter extendedSupportHosts.',
  decidedBy:
    "The branch of each version in version.Components, and the operating system in info.OperatingSystem and OSVersion, against our table of ends. A distribution's own build of a component is kept by the distribution. The engine itself is judged by engine-supported-release.",
  needs: ['info', 'version'],
  parameters: Parameters,
  sources: [
    'containerd/containerd RELEASES.md',
    'opencontainers/runc RELEASES.md',
    'https://endoflife.date/ (debian, ubuntu, rhel, almalinux, rocky-linux, alpine-linux, amazon-linux, sles, fedora)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    for (const component of ['containerd', 'runc'] as const)
      yield { subject: hostPart(component, component), ...judgeComponent(component, snapshot, context, parameters) };
    yield {
      subject: hostPart('operating system', 'operating-system'),
      ...judgeSystem(snapshot, context, parameters),
    };
  },
});

const hostPart = (name: string, lastingName: string): Subject => ({ kind: 'host', name, lastingName });

const judgeComponent = (
  component: 'containerd' | 'runc',
  snapshot: HostSnapshot,
  context: JudgingContext,
  { warnDays }: Given,
): Judgement => {
  const name = componentNames[component];
  if (context.isWindows === true) return notApplicable(`Windows engines use no ${name} of Linux`);
  if (context.isPodman === true) return notApplicable('Podman names its runtime by itself and uses no containerd');
  const seen = componentOf(context, component);
  if (seen.kind === 'not-seen')
    return unknown(`Which ${name} runs is not known: ${seen.why}`, `A look at the version of ${name} on the host`);
  const evidence: Evidence[] = [{ source: seen.source, value: seen.text }];
  if (seen.packaging !== 'upstream')
    return unknown(
      `${name} ${seen.text} is not its project's own build: whoever packaged it keeps it`,
      "The support dates of the host's distribution or of the vendor",
      evidence,
    );
  const branch = branchOf(component, seen.version);
  if (branch.kind === 'unknown')
    return unknown(`The branch of ${name} ${seen.text} is not in our table`, 'A newer release of Plimsoll', evidence);
  const isFlawed = vulnerabilities[component].some(({ affected }) => isAffected(seen.version, affected));
  const severity = isFlawed ? 'high' : 'medium';
  if (branch.kind === 'older')
    return fail(`${name} ${seen.text} is of a branch that ended years ago`, evidence, { severity });
  const { branch: line, end, source } = branch.branch;
  const all = [
    ...evidence,
    { source: `end of ${name} ${line}`, value: end ?? 'none announced' },
    { source: 'according to', value: source },
  ];
  const kept = source.includes('narrow purpose') ? ', by extended support with a narrow purpose' : '';
  const left = daysBetween(instantOf(snapshot.takenAt), instantOf(end));
  if (instantOf(snapshot.takenAt) === undefined)
    return unknown('When the scan was made is not known', 'A scan with a date', all);
  if (left === undefined) return pass(`${name} ${line} is maintained, and no end is announced`, all);
  if (left <= 0) return fail(`${name} ${seen.text} is of branch ${line}, which ended on ${end}`, all, { severity });
  if (left <= warnDays)
    return fail(`${name} ${line} is maintained until ${end}${kept}, which is in ${Math.floor(left)} days`, all, {
      severity: 'low',
    });
  return pass(`${name} ${line} is maintained until ${end}${kept}`, all);
};

const judgeSystem = (snapshot: HostSnapshot, context: JudgingContext, parameters: Given): Judgement => {
  const { info } = context;
  if (context.isWindows === true) return notApplicable('The table is about Linux');
  if (info?.OperatingSystem === undefined) return infoNotSeen('OperatingSystem');
  const evidence: Evidence[] = [
    { source: 'info.OperatingSystem', value: info.OperatingSystem },
    ...(info.OSVersion === undefined ? [] : [{ source: 'info.OSVersion', value: info.OSVersion }]),
  ];
  const found = releaseOf(info, parameters.osEndOfLife);
  if (found === undefined)
    return unknown(
      `${info.OperatingSystem || 'The operating system'} is not in our table of releases`,
      "A person who knows the vendor's dates and gives them in the parameter osEndOfLife",
      evidence,
    );
  const now = instantOf(snapshot.takenAt);
  if (now === undefined) return unknown('When the scan was made is not known', 'A scan with a date', evidence);
  if (found === 'older')
    return fail(`${info.OperatingSystem} ended before our table begins`, evidence, { severity: 'high' });
  const { end, extendedEnd } = found;
  const all = [
    ...evidence,
    { source: 'end of support', value: end },
    { source: 'end of extended support', value: extendedEnd ?? 'there is none' },
  ];
  const isExtended = parameters.extendedSupportHosts.some((pattern) => matchesPattern(info.Name ?? '', pattern));
  const extended = extendedEnd !== null && (instantOf(extendedEnd) ?? 0) > now;
  const left = daysBetween(now, instantOf(isExtended && extendedEnd !== null ? extendedEnd : end)) ?? 0;
  if (left > parameters.warnDays) return pass(`${info.OperatingSystem} is maintained`, all);
  if (left > 0)
    return fail(`${info.OperatingSystem} is maintained for ${Math.floor(left)} more days only`, all, {
      severity: 'low',
    });
  return extended
    ? fail(`${info.OperatingSystem} ended on ${end}; only extended support goes on, until ${extendedEnd}`, all, {
        // Debian's goes on in the same archive, for everybody; others sell it.
        severity: /^Debian/i.test(info.OperatingSystem ?? '') ? 'low' : 'medium',
      })
    : fail(`${info.OperatingSystem} is not maintained any more`, all, { severity: 'high' });
};

type Ends = Given['osEndOfLife'];

/** Podman writes the ID of os-release and no sentence. */
const productById: ReadonlyMap<string, string> = new Map([
  ['alpine', 'Alpine Linux'],
  ['debian', 'Debian GNU/Linux'],
  ['fedora', 'Fedora Linux'],
  ['rhel', 'Red Hat Enterprise Linux'],
  ['ubuntu', 'Ubuntu'],
]);

/** `/info` writes a sentence: "Debian GNU/Linux 12 (bookworm)", "Ubuntu 22.04.5 LTS", "Red Hat Enterprise Linux 9.4 (Plow)". */
const releaseOf = (info: EngineInfo, given: Ends): Ends[string][string] | 'older' | undefined => {
  const named = info.OperatingSystem ?? '';
  const sentence = productById.get(named) ?? named;
  const product = [...Object.keys(given), ...Object.keys(systemEnds)].find((name) => sentence.startsWith(name));
  if (product === undefined) return undefined;
  const releases: Ends[string] = { ...systemEnds[product], ...given[product] };
  const servicePack = /\bSP(\d)\b/.exec(sentence)?.[1];
  const written = info.OSVersion || /\d{1,4}(?:\.\d{1,3}){0,2}/.exec(sentence.slice(product.length, 200))?.[0];
  if (written === undefined || written.length > 32) return undefined;
  const withPack = servicePack !== undefined && !written.includes('.') ? `${written}.${servicePack}` : written;
  const [major = '', minor] = withPack.split('.');
  const release = [withPack, `${major}.${minor ?? 0}`, major].find((name) => Object.hasOwn(releases, name));
  if (release !== undefined) return releases[release];
  const version = readVersion(withPack.includes('.') ? withPack : `${withPack}.0`);
  const isOlder =
    version !== undefined &&
    Object.keys(releases).every((name) => {
      const other = readVersion(name.includes('.') ? name : `${name}.0`);
      return other !== undefined && isEarlier(version.numbers, other.numbers);
    });
  return isOlder ? 'older' : undefined;
};

const isEarlier = (
  [major = 0, minor = 0]: readonly number[],
  [otherMajor = 0, otherMinor = 0]: readonly number[],
): boolean => (major === otherMajor ? minor < otherMinor : major < otherMajor);
