import { type HostSnapshot, type ImageEntry, valueOf } from '@plimsoll/snapshot';
import { oncePerSnapshot } from '../engine/once-per-snapshot.ts';
import { repositoryOf } from '../engine/subjects.ts';

/** What a user may write to name an image, taken apart. */
export type ImageReference =
  /** An image's id, whole or its beginning. */
  | { readonly kind: 'id'; readonly id: string }
  /** `name@sha256:…`, with or without a tag. */
  | { readonly kind: 'digest'; readonly repository: string; readonly digest: string }
  /** `name` or `name:tag`; no tag means `latest`. */
  | { readonly kind: 'tag'; readonly repository: string; readonly tag: string };

const wholeId = /^(?:sha256:)?[0-9a-f]{64}$/;

export const readReference = (reference: string): ImageReference => {
  if (wholeId.test(reference)) return { kind: 'id', id: reference.replace(/^sha256:/, '') };
  const repository = repositoryOf(reference);
  const at = reference.indexOf('@');
  if (at >= 0) return { kind: 'digest', repository: wholeName(repository), digest: reference.slice(at + 1) };
  const tag = reference.slice(repository.length + 1);
  return { kind: 'tag', repository: wholeName(repository), tag: tag === '' ? 'latest' : tag };
};

/** `nginx` and `docker.io/library/nginx` are one. A first part with a dot, a colon or `localhost` is a registry. */
const wholeName = (repository: string): string => {
  const [first = '', ...rest] = repository.split('/');
  if (rest.length > 0 && (first.includes('.') || first.includes(':') || first === 'localhost'))
    return repository.replace(/^index\.docker\.io\//, 'docker.io/');
  return `docker.io/${rest.length === 0 ? 'library/' : ''}${repository}`;
};

const imageByTag = oncePerSnapshot((snapshot: HostSnapshot) => {
  const images = new Map<string, ImageEntry>();
  for (const image of valueOf(snapshot.images) ?? []) {
    for (const repoTag of image.repoTags) {
      const reference = readReference(repoTag);
      if (reference.kind === 'tag') images.set(`${reference.repository}:${reference.tag}`, image);
    }
  }
  return images;
});

/** The image that carries a tag on this host now. */
export const imageTagged = (snapshot: HostSnapshot, repository: string, tag: string): ImageEntry | undefined =>
  imageByTag(snapshot).get(`${repository}:${tag}`);
