import { z } from 'zod';
import { ImageHistoryStep, type ImageEntry, ImageInspect } from '../schema/image.ts';
import { number, textList } from '../schema/lenient.ts';
import type { Part } from '../schema/part.ts';
import { redactDeep } from '../redaction/redact-deep.ts';
import { keysOnly } from './containers.ts';
import { environmentOf, type EnvironmentBook } from './environment-book.ts';
import { bounded, type Notes } from './note.ts';
import { isVanished, type SnapshotReader } from './reader.ts';

const ListedImage = z.object({
  Id: z.string(),
  RepoTags: textList,
  RepoDigests: textList,
  Created: number,
  Size: number,
});
const ImageList = z.array(ListedImage);
const History = z.array(ImageHistoryStep);

/** All images with inspect and history. */
export const collectImages = async (
  reader: SnapshotReader,
  book: EnvironmentBook,
  notes: Notes,
): Promise<Part<ImageEntry[]>> => {
  const list = await reader.ask('imageList', {}, {}, (answer) => ImageList.parse(answer));
  if ('missing' in list) return list;
  const entries = await Promise.all(
    bounded(list.value, 'images', notes).map((listed) => collectImage(reader, listed, book, notes)),
  );
  return { value: entries.filter((entry) => entry !== undefined) };
};

const collectImage = async (
  reader: SnapshotReader,
  listed: z.infer<typeof ListedImage>,
  book: EnvironmentBook,
  notes: Notes,
): Promise<ImageEntry | undefined> => {
  const path = { id: listed.Id };
  const [inspect, history] = await Promise.all([
    reader.ask('imageInspect', path, {}, (answer) => {
      book.add(listed.Id, environmentOf(answer));
      const image = ImageInspect.parse(answer);
      if (image.Config?.ExposedPorts) image.Config.ExposedPorts = keysOnly(image.Config.ExposedPorts);
      if (image.Config?.Volumes) image.Config.Volumes = keysOnly(image.Config.Volumes);
      return image;
    }),
    reader.ask('imageHistory', path, {}, (answer) => History.parse(answer)),
  ]);
  if (isVanished(inspect)) {
    notes.vanished('images', listed.RepoTags?.[0] ?? listed.Id);
    return undefined;
  }
  const { value, sightings } = redactDeep({
    id: listed.Id,
    // `<none>:<none>` is how older engines write "no name".
    repoTags: (listed.RepoTags ?? []).filter((tag) => tag !== '<none>:<none>'),
    repoDigests: (listed.RepoDigests ?? []).filter((digest) => digest !== '<none>@<none>'),
    created: listed.Created,
    size: listed.Size ?? 0,
    inspect,
    history,
  });
  const secretSightings = sightings.map((one) => ({
    ...one,
    where: one.where.replace(/^inspect\.value\.?/u, '').replace(/^history\.value/u, 'history'),
  }));
  return { ...value, secretSightings };
};
