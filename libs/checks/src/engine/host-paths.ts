import {
  type ContainerEntry,
  type ContainerInspect,
  type EngineVolume,
  hostFileReaderLabel,
  type MountPoint,
} from '@plimsoll/snapshot';
import type { JudgingContext } from './context.ts';
import { cleanPath } from './paths.ts';

/** A path of the host that shows inside a container through one of its mounts. */
export interface HostPath {
  /** Absolute, cleaned and spelled one way: see {@link cleanPath}. */
  readonly path: string;
  /** Where in the container; undefined when not seen. */
  readonly destination: string | undefined;
  /** `RW`, unless the volume's own options say read-only; undefined when not seen. */
  readonly writable: boolean | undefined;
  /** Whether what is mounted below the path on the host shows too. */
  readonly recursive: boolean;
  /**
   * Whether a read-only mount was asked to leave what is mounted below it writable, or to force it read-only; `unseen`
   * where a request was seen that could be this mount's.
   */
  readonly readOnlyBelow: 'forced' | 'refused' | 'unseen' | undefined;
  /** Where it was read, and the path as written there. */
  readonly evidence: { readonly source: string; readonly value: string };
}

export interface HostPaths {
  readonly paths: readonly HostPath[];
  /** Mounts whose host path can't be known from what was seen, each as a sentence. */
  readonly doubts: readonly string[];
}

/** Recognises our own short-lived reader by label, state and mounts: the label alone would let anyone hide. */
export const isHostFileReader = ({ labels, state, inspect }: ContainerEntry): boolean =>
  labels?.[hostFileReaderLabel] !== undefined &&
  state?.toLowerCase() === 'created' &&
  'value' in inspect &&
  (inspect.value.Mounts ?? []).every(({ RW }) => RW === false);

const known = new WeakMap<JudgingContext, WeakMap<ContainerInspect, HostPaths>>();

/**
 * The host's paths behind a container's mounts: sources of binds, devices of local volumes made with bind options,
 * layers of local overlay volumes. `Mounts` is the truth, for it has what came by `--volumes-from`.
 * Undefined where `Mounts` was not seen. Links are not resolved: the engine shows a link's own path.
 */
export const hostPathsOf = (inspect: ContainerInspect, context: JudgingContext): HostPaths | undefined => {
  if (inspect.Mounts === undefined) return undefined;
  const byInspect = known.get(context) ?? new WeakMap<ContainerInspect, HostPaths>();
  known.set(context, byInspect);
  const remembered = byInspect.get(inspect);
  if (remembered !== undefined) return remembered;
  const requestByTarget = new Map((inspect.HostConfig?.Mounts ?? []).map((request) => [request.Target, request]));
  const isAnyUnseen = requestByTarget.has(undefined);
  const found = (inspect.Mounts ?? []).map((mount, index) => {
    const request = requestByTarget.get(mount.Destination);
    const behind = hostPathsBehind(mount, index, request, context);
    return request === undefined && isAnyUnseen ? withoutRequest(behind) : behind;
  });
  const all = { paths: found.flatMap(({ paths }) => paths), doubts: found.flatMap(({ doubts }) => doubts) };
  byInspect.set(inspect, all);
  return all;
};

const withoutRequest = ({ paths, doubts }: HostPaths): HostPaths => ({
  paths: paths.map((path) => ({ ...path, readOnlyBelow: 'unseen' })),
  doubts,
});

type MountRequest = NonNullable<NonNullable<ContainerInspect['HostConfig']>['Mounts']>[number];

const nothing: HostPaths = { paths: [], doubts: [] };
const doubt = (sentence: string): HostPaths => ({ paths: [], doubts: [sentence] });

const hostPathsBehind = (
  mount: MountPoint,
  index: number,
  request: MountRequest | undefined,
  context: JudgingContext,
): HostPaths => {
  switch (mount.Type) {
    case 'tmpfs':
    case 'image':
      return nothing;
    case 'volume':
      return behindVolume(mount, request, context);
    case 'bind':
    case 'npipe':
      return behindBind(mount, index, request, context);
    case undefined: {
      // What has a name or a driver is a volume, as in engines before 1.13, which send no Type.
      const guessed =
        mount.Name || mount.Driver ? behindVolume(mount, request, context) : behindBind(mount, index, request, context);
      return { paths: guessed.paths, doubts: [...guessed.doubts, `the type of ${nameOf(mount, index)} was not seen`] };
    }
    default:
      return doubt(`what a mount of type ${mount.Type} shows of the host is not known`);
  }
};

const behindBind = (
  mount: MountPoint,
  index: number,
  request: MountRequest | undefined,
  context: JudgingContext,
): HostPaths => {
  if (mount.Source === undefined) return doubt(`the source of ${nameOf(mount, index)} was not seen`);
  const bind = {
    path: cleanPath(mount.Source, context),
    destination: mount.Destination,
    writable: mount.RW,
    recursive: request?.BindOptions?.NonRecursive !== true,
    readOnlyBelow: readOnlyBelow(request),
    evidence: { source: `Mounts[${index}].Source`, value: mount.Source },
  };
  return { paths: [bind], doubts: [] };
};

const readOnlyBelow = (request: MountRequest | undefined): HostPath['readOnlyBelow'] => {
  if (request?.BindOptions?.ReadOnlyForceRecursive === true) return 'forced';
  return request?.BindOptions?.ReadOnlyNonRecursive === true ? 'refused' : undefined;
};

const nameOf = (mount: MountPoint, index: number): string => mount.Destination ?? `Mounts[${index}]`;

const behindVolume = (mount: MountPoint, request: MountRequest | undefined, context: JudgingContext): HostPaths => {
  const listed = mount.Name === undefined ? undefined : context.volumeByName.get(mount.Name);
  const inline = request?.VolumeOptions?.DriverConfig;
  const driver = listed?.Driver ?? mount.Driver ?? inline?.Name;
  const name = mount.Name ?? 'a volume without a name';
  // Docker's plugins and Podman's drivers keep their own idea of where data lies.
  if (driver !== undefined && driver !== '' && driver !== 'local')
    return doubt(`the volume ${name} belongs to the driver ${driver}, which alone knows its host path`);
  const options = listed?.Options === undefined ? inline?.Options : listed.Options;
  const source =
    listed?.Options === undefined
      ? 'HostConfig.Mounts[].VolumeOptions.DriverConfig.Options'
      : `volumes[${JSON.stringify(name)}].Options`;
  if (options === undefined) return doubt(`the options of the volume ${name} were not seen`);
  const paths = pathsOfLocalVolume(options, source, context).map((found) => ({
    ...found,
    destination: mount.Destination,
    writable: found.writable ? mount.RW : false,
    readOnlyBelow: undefined,
  }));
  // A volume made earlier keeps its own options whatever was asked for inline.
  const unseen = listed?.Options === undefined || driver === undefined || driver === '';
  return { paths, doubts: unseen ? [`the options of the volume ${name} were not seen in the list of volumes`] : [] };
};

interface VolumePath extends Pick<HostPath, 'path' | 'recursive' | 'evidence'> {
  /** False where the volume's own options make it read-only. */
  readonly writable: boolean;
}

/** The words of a local volume's option `o`. */
export const mountOptionsOf = (options: EngineVolume['Options']): readonly string[] =>
  (options?.['o'] ?? '').split(',');

/**
 * Host paths that a volume of driver `local` shows through its options: none for an ordinary one. Exported for checks
 * of volumes themselves.
 * @param source what to call the options in the evidence, e.g. `volumes["data"].Options`
 */
export const pathsOfLocalVolume = (
  options: EngineVolume['Options'],
  source: string,
  context: JudgingContext,
): VolumePath[] => {
  const words = mountOptionsOf(options);
  const device = options?.['device'];
  if (device !== undefined && (words.includes('bind') || words.includes('rbind')))
    return [
      {
        path: cleanPath(device, context),
        writable: !words.includes('ro'),
        recursive: words.includes('rbind'),
        evidence: { source: `${source}.device`, value: device },
      },
    ];
  if (options?.['type'] !== 'overlay') return [];
  return words.flatMap((word) => {
    const [key, value] = splitOnce(word, '=');
    if (value === undefined || (key !== 'lowerdir' && key !== 'upperdir')) return [];
    return value.split(':').map((layer) => ({
      path: cleanPath(layer, context),
      writable: key === 'upperdir' && !words.includes('ro'),
      recursive: false,
      evidence: { source: `${source}.o`, value: `${key}=${layer}` },
    }));
  });
};

const splitOnce = (text: string, separator: string): [string, string | undefined] => {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
};
