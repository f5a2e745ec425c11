import type { ContainerEntry } from '../../schema/container.ts';
import type { EngineVersion } from '../../schema/engine.ts';
import type { ImageEntry } from '../../schema/image.ts';

/**
 * The image for the reader: already on the host, for its platform, and without volumes, since the engine would make
 * those and copy the image's data into them. One that a container uses is unpacked already and will not be pruned
 * meanwhile; then the smallest, the oldest. `undefined`: none fits.
 */
export const chooseImage = (
  images: readonly ImageEntry[],
  containers: readonly ContainerEntry[],
  version: EngineVersion | undefined,
): string | undefined => {
  const used = new Set(containers.map(({ imageId }) => imageId));
  const fitting = images.filter((image) => fits(image, version));
  const rank = (image: ImageEntry): readonly [number, number, number, string] => [
    used.has(image.id) ? 0 : 1,
    image.size ?? Infinity,
    image.created ?? 0,
    image.id,
  ];
  return fitting.toSorted((left, right) => compare(rank(left), rank(right)))[0]?.id;
};

const fits = ({ id, inspect }: ImageEntry, version: EngineVersion | undefined): boolean => {
  if (!/^sha256:[0-9a-f]{64}$/u.test(id) || 'missing' in inspect) return false;
  const { Config, Os, Architecture } = inspect.value;
  // Engines since API 1.50 leave out what is empty.
  const hasVolumes = Object.keys(Config?.Volumes ?? {}).length > 0;
  const isOfPlatform = Os === 'linux' && (version?.Arch === undefined || Architecture === version.Arch);
  return !hasVolumes && isOfPlatform;
};

const compare = (left: readonly (number | string)[], right: readonly (number | string)[]): number => {
  const at = left.findIndex((value, index) => value !== right[index]);
  if (at < 0) return 0;
  return (left[at] ?? 0) < (right[at] ?? 0) ? -1 : 1;
};
