import { z } from 'zod';
import { textList } from '../schema/lenient.ts';
import type { ContainerEntry } from '../schema/container.ts';
import type { ImageEntry } from '../schema/image.ts';
import { judgeEnvironment } from '../redaction/environment.ts';

const WithEnvironment = z.object({ Config: z.object({ Env: textList }).nullish() });

/** `Config.Env` of an inspect answer; `undefined` where it was not seen. */
export const environmentOf = (answer: unknown): readonly string[] | undefined => {
  const parsed = WithEnvironment.safeParse(answer);
  if (!parsed.success) return undefined;
  const { Config } = parsed.data;
  return Config ? (Config.Env ?? []) : undefined;
};

/**
 * The raw environments of a scan, in memory alone and for its length: a container's can be judged only beside its
 * image's, and either may come first.
 */
export class EnvironmentBook {
  readonly #entries = new Map<string, readonly string[]>();

  add(id: string, entries: readonly string[] | undefined): void {
    if (entries !== undefined) this.#entries.set(id, entries);
  }

  /** Writes the verdicts into the containers and images, then forgets the values. */
  settle(containers: readonly ContainerEntry[], images: readonly ImageEntry[]): void {
    const imageEnvironments = new Map(
      images.map((image) => [image.id, new Set(this.#entries.get(image.id) ?? [])] as const),
    );
    for (const { id, inspect } of images) {
      const entries = this.#entries.get(id);
      if ('value' in inspect && inspect.value.Config && entries !== undefined) {
        inspect.value.Config.environment = judgeEnvironment(entries);
      }
    }
    for (const { id, inspect } of containers) {
      const entries = this.#entries.get(id);
      if ('value' in inspect && inspect.value.Config !== undefined && entries !== undefined) {
        inspect.value.Config.environment = judgeEnvironment(entries, imageEnvironments.get(inspect.value.Image ?? ''));
      }
    }
    this.#entries.clear();
  }
}
