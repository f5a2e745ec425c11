import { type ContainerEntry, valueOf } from '@plimsoll/snapshot';
import { matchesPattern } from './name-patterns.ts';
import { repositoryOf } from './subjects.ts';

const isIdentifier = (reference: string): boolean => /^(?:sha256:)?[0-9a-f]{12,64}$/.test(reference);

/** `mirror.example:5000/library/redis` without the registry and without `library/`, as people write it in lists. */
const withoutRegistry = (repository: string): string => {
  const slash = repository.indexOf('/');
  const first = slash < 0 ? '' : repository.slice(0, slash);
  const bare = /[.:]|^localhost$/.test(first) ? repository.slice(slash + 1) : repository;
  return bare.replace(/^library\//, '');
};

const repositories = new WeakMap<ContainerEntry, readonly string[]>();

/**
 * The repositories that a container's image goes by: as it was typed and as the list shows it, each with and without
 * the registry. Empty where the image is known by its id alone.
 */
export const imageRepositoriesOf = (container: ContainerEntry): readonly string[] => {
  const known = repositories.get(container);
  if (known !== undefined) return known;
  const names = readRepositories(container);
  repositories.set(container, names);
  return names;
};

const readRepositories = (container: ContainerEntry): readonly string[] => {
  const typed = valueOf(container.inspect)?.Config?.Image;
  const names = new Set<string>();
  for (const reference of [typed, container.image]) {
    if (reference === undefined || reference === '' || isIdentifier(reference)) continue;
    const repository = repositoryOf(reference);
    names.add(repository).add(withoutRegistry(repository));
  }
  return [...names];
};

/** Whether one of a container's image names is meant by one of the patterns (`*` stands for any text). */
export const hasImageLike = (container: ContainerEntry, patterns: readonly string[]): boolean => {
  if (patterns.length === 0) return false;
  const names = imageRepositoriesOf(container);
  return patterns.some((pattern) => names.some((name) => matchesPattern(name, pattern)));
};

/** What a list of explanations by image pattern says about a container, as the end of a sentence; '' for nothing. */
export const explanationFor = (explanations: Readonly<Record<string, string>>, container: ContainerEntry): string => {
  const found = Object.entries(explanations).find(([pattern]) => hasImageLike(container, [pattern]));
  return found === undefined ? '' : `. Known of this image: ${found[1]}`;
};
