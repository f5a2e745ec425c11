import type { ContainerInspect, MountPoint } from '@plimsoll/snapshot';
import { z } from 'zod';
import { effectiveCapabilities } from '../engine/capabilities.ts';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { mountOptionsOf } from '../engine/host-paths.ts';
import { cleanPath, isWithin } from '../engine/paths.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

const oneWay = new Set(['', 'private', 'rprivate', 'slave', 'rslave']);
const shared = new Set(['shared', 'rshared']);

type Finding =
  | { readonly kind: 'shared'; readonly what: string; readonly evidence: Evidence }
  | { readonly kind: 'doubt'; readonly what: string }
  | { readonly kind: 'one-way' };

const judgeMount = (mount: MountPoint, index: number, context: JudgingContext): Finding => {
  const where = mount.Destination ?? `Mounts[${index}]`;
  const { Propagation } = mount;
  if (Propagation === undefined) return { kind: 'doubt', what: `the propagation of ${where} was not seen` };
  if (shared.has(Propagation))
    return {
      kind: 'shared',
      what: `${mount.Source ?? 'a mount'} at ${where} is mounted ${Propagation}`,
      evidence: { source: `Mounts[${index}].Propagation`, value: Propagation },
    };
  if (!oneWay.has(Propagation)) return { kind: 'doubt', what: `${where} has the propagation "${Propagation}"` };
  if (mount.Type === 'volume') return judgeVolume(mount, context);
  // Only a volume can hide mount options behind an empty propagation.
  if (mount.Type === undefined && Propagation === '')
    return { kind: 'doubt', what: `the type of ${where} was not seen` };
  return { kind: 'one-way' };
};

/** The engine shows no propagation for volumes; a local one may bring it among its own mount options. */
const judgeVolume = ({ Name, Driver }: MountPoint, context: JudgingContext): Finding => {
  const volume = Name === undefined ? undefined : context.volumeByName.get(Name);
  const driver = volume?.Driver ?? Driver;
  if (driver !== undefined && driver !== '' && driver !== 'local') return { kind: 'one-way' };
  if (volume?.Options === undefined)
    return { kind: 'doubt', what: `the options of the volume ${Name ?? 'without a name'} were not seen` };
  const word = mountOptionsOf(volume.Options).find((option) => shared.has(option));
  if (word === undefined) return { kind: 'one-way' };
  return {
    kind: 'shared',
    what: `the volume ${Name} is mounted ${word}`,
    evidence: { source: `volumes[${JSON.stringify(Name)}].Options.o`, value: word },
  };
};

const judgeContainer = (
  inspect: ContainerInspect,
  allowedSources: readonly string[],
  context: JudgingContext,
): Judgement => {
  if (inspect.Mounts === undefined) return fieldNotSeen('Mounts');
  const mounts = inspect.Mounts ?? [];
  const found = mounts.map((mount, index) =>
    isAllowed(mount, allowedSources, context) ? ({ kind: 'one-way' } as const) : judgeMount(mount, index, context),
  );
  const sharing = found.filter((finding) => finding.kind === 'shared');
  const [first] = sharing;
  if (first !== undefined) {
    const canMount = effectiveCapabilities(inspect.HostConfig)?.names.has('SYS_ADMIN') === true;
    const others = sharing.length === 1 ? '' : `, and ${sharing.length - 1} more`;
    const reach = canMount ? ': what the container mounts there appears on the host' : '';
    return fail(
      `${first.what}${others}${reach}`,
      sharing.slice(0, 20).map(({ evidence }) => evidence),
      canMount ? { severity: 'high' } : {},
    );
  }
  const doubts = found.filter((finding) => finding.kind === 'doubt');
  if (doubts.length > 0)
    return unknown(
      `Not every mount is known: ${doubts
        .slice(0, 20)
        .map(({ what }) => what)
        .join('; ')}`,
      'A scan that can read the mounts of the container and the options of its volumes',
    );
  return pass('No mount reaches back to the host', [
    { source: 'Mounts[].Propagation', value: [...new Set(mounts.map(({ Propagation }) => Propagation ?? ''))] },
  ]);
};

const isAllowed = ({ Source }: MountPoint, allowedSources: readonly string[], context: JudgingContext): boolean =>
  Source !== undefined && allowedSources.some((allowed) => isWithin(cleanPath(Source, context), allowed));

export default defineCheck({
  id: 'container-mount-propagation',
  theme: 'namespaces',
  severity: 'medium',
  subject: 'container',
  cis: { '1.5.0': '5.19', '1.6.0': '5.20', '1.7.0': '5.20', '1.8.0': '5.20' },
  cisLevel: 1,
  title: 'Mounts made in containers do not appear on the host',
  rationale:
    'A shared mount works in both directions: what a container that may mount puts below it appears on the host and in every other container that shares it, over files that the host trusts.',
  remediation:
    'Leave the propagation out (rprivate), or let mounts come in only: docker run -v /srv/data:/data:rslave …, or --mount type=bind,source=/srv/data,target=/data,bind-propagation=rslave (compose: volumes: - {type: bind, source: /srv/data, target: /data, bind: {propagation: rslave}}). For volumes, take "shared" out of --opt o=…. Storage agents that need it are exceptions: allow their source path.',
  decidedBy:
    'Propagation of each entry of Mounts, and the mount options of local volumes: shared and rshared fail. More severe where the container may mount at all, being privileged or holding SYS_ADMIN.',
  needs: ['containers'],
  parameters: containerParameters.extend({
    /** Host folders whose mounts may be shared, with all inside. */
    allowedSources: z.array(z.string()).default([]),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.20',
    'https://docs.docker.com/engine/storage/bind-mounts/#configure-bind-propagation',
    'moby/moby daemon/volumes_linux.go (validateBindDaemonRoot)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const allowedSources = parameters.allowedSources.map((path) => cleanPath(path, context));
    yield* eachContainer(snapshot, { ...parameters, severity: 'medium' }, ({ inspect }) => {
      if (context.isWindows === true) return notApplicable('Windows has no mount propagation');
      return judgeContainer(inspect, allowedSources, context);
    });
  },
});
