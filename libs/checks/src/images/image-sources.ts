import type { EngineInfo, ImageEntry, ImageInspect } from '@plimsoll/snapshot';
import type { JudgingContext } from '../engine/context.ts';
import { readReference } from './references.ts';

export interface ImageSources {
  /** Repositories in full, `docker.io/library/nginx`, that the image is known to come from. */
  readonly known: readonly string[];
  /** Names that anyone on the host could have given it. */
  readonly claimed: readonly string[];
}

/**
 * Where an image comes from. The engine verifies an identity (API 1.53); a digest was written by a pull or push, unless
 * containerd keeps the images, or the engine is Podman, where local builds and imports have one too; a tag is a name
 * that anyone can give.
 */
export const sourcesOf = (
  image: ImageEntry,
  inspect: ImageInspect,
  { info, isPodman }: Pick<JudgingContext, 'info' | 'isPodman'>,
): ImageSources => {
  const names = [...image.repoDigests, ...image.repoTags].filter((name) => !name.startsWith('<none>'));
  const claimed = unique(names.map(repositoryOf));
  if (inspect.Identity !== undefined && inspect.Identity !== null)
    return {
      known: unique(
        (inspect.Identity.Pull ?? []).flatMap(({ Repository }) =>
          Repository === undefined ? [] : [repositoryOf(Repository)],
        ),
      ),
      claimed,
    };
  const digests = image.repoDigests.filter((name) => !name.startsWith('<none>'));
  return { known: isPodman === true || isInContainerd(info) ? [] : unique(digests.map(repositoryOf)), claimed };
};

export const repositoryOf = (reference: string): string => {
  const read = readReference(reference);
  return read.kind === 'id' ? reference : read.repository;
};

const unique = (names: readonly string[]): string[] => [...new Set(names)].toSorted();

/** Not seen counts as containerd's store, where a digest says less. */
const isInContainerd = (info: EngineInfo | undefined): boolean => {
  const status = info?.DriverStatus;
  if (status === undefined || status === null) return true;
  return status.some(([key, value]) => key === 'driver-type' && value?.includes('containerd') === true);
};

/** Whether a repository is a source or lies below it, by whole parts of its path: `a.example/team` is not `…/teamevil`. */
export const comesFrom = (repository: string, source: string): boolean => {
  const whole = source.replace(/\/+$/, '');
  return [whole, repositoryOf(whole)].some((name) => repository === name || repository.startsWith(`${name}/`));
};
