import {
  type ContainerEntry,
  type EngineInfo,
  type EngineVersion,
  type EngineVolume,
  type HostSnapshot,
  type ImageEntry,
  valueOf,
} from '@plimsoll/snapshot';

/** What several checks ask of a snapshot, worked out once per snapshot and not once per check. */
export interface JudgingContext {
  readonly info: EngineInfo | undefined;
  readonly version: EngineVersion | undefined;
  readonly imageById: ReadonlyMap<string, ImageEntry>;
  readonly containerById: ReadonlyMap<string, ContainerEntry>;
  readonly containerByName: ReadonlyMap<string, ContainerEntry>;
  readonly volumeByName: ReadonlyMap<string, EngineVolume>;
  /** True: Windows. False: another system. Undefined: not seen. */
  readonly isWindows: boolean | undefined;
  readonly isRootless: boolean | undefined;
  readonly isUserRemapped: boolean | undefined;
  readonly isPodman: boolean | undefined;
}

/** The engine's `null` is Go's empty list. */
const hasSecurityOption = (info: EngineInfo | undefined, name: string): boolean | undefined =>
  info?.SecurityOptions === null
    ? false
    : info?.SecurityOptions?.some((option) => option.split(',').includes(`name=${name}`));

const isPodman = (version: EngineVersion | undefined): boolean | undefined => {
  const names = version?.Components?.map(({ Name }) => Name?.toLowerCase());
  if (names?.some((name) => name?.includes('podman') === true) === true) return true;
  return names === undefined || names.includes(undefined) ? undefined : false;
};

export const contextOf = (snapshot: HostSnapshot): JudgingContext => {
  const info = valueOf(snapshot.info);
  const version = valueOf(snapshot.version);
  const containers = valueOf(snapshot.containers) ?? [];
  const system = info?.OSType ?? version?.Os;
  return {
    info,
    version,
    imageById: new Map((valueOf(snapshot.images) ?? []).map((image) => [image.id, image])),
    containerById: new Map(containers.map((container) => [container.id, container])),
    containerByName: new Map(containers.map((container) => [container.name, container])),
    volumeByName: new Map(
      (valueOf(snapshot.volumes) ?? []).flatMap((volume) =>
        volume.Name === undefined ? [] : [[volume.Name, volume] as const],
      ),
    ),
    isWindows: system === undefined ? undefined : system.toLowerCase() === 'windows',
    isRootless: hasSecurityOption(info, 'rootless'),
    isUserRemapped: hasSecurityOption(info, 'userns'),
    isPodman: isPodman(version),
  };
};
