import { type ContainerEntry, valueOf } from '@plimsoll/snapshot';
import type { JudgingContext } from '../engine/context.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import type { Evidence } from '../engine/verdict.ts';

export interface SecretsInConfig {
  /** What the container was given. */
  readonly own: readonly Evidence[];
  /** What it only took over from its image. */
  readonly fromImage: readonly Evidence[];
}

/** Names that hold no secret whatever their value looks like. */
export const harmlessNames = [
  '*_FILE',
  '*_PATH',
  '*_TTL',
  '*_LENGTH',
  '*_POLICY',
  '*PUBLIC_KEY*',
  'TOKENIZERS_*',
  'PWD',
  'OLDPWD',
];

/** Where text of the configuration lies; what a process was called with is the same text once more. */
const configuration = /^(?:Config|HostConfig)\./;

/** What the collector saw of secrets in a container's configuration: places and detectors, never a value. */
export const secretsInConfig = (
  container: ContainerEntry,
  context: JudgingContext,
  ignoreNames: readonly string[],
): SecretsInConfig => {
  const inspect = valueOf(container.inspect);
  const image = inspect?.Image === undefined ? undefined : context.imageById.get(inspect.Image);
  const own: Evidence[] = [];
  const fromImage: Evidence[] = [];
  for (const { name, verdict, fromImage: isImages } of inspect?.Config?.environment ?? []) {
    if (verdict.kind !== 'secret' || ignoreNames.some((pattern) => matchesPattern(name, pattern))) continue;
    (isImages === true ? fromImage : own).push({
      source: `Config.Env["${name}"]`,
      value: verdict.detector ?? 'secret',
    });
  }
  const ofImage = new Set((image?.secretSightings ?? []).map(({ where, detector }) => `${where} ${detector}`));
  for (const { where, detector } of container.secretSightings) {
    if (!configuration.test(where)) continue;
    (ofImage.has(`${where} ${detector}`) ? fromImage : own).push({ source: where, value: detector });
  }
  return { own, fromImage };
};
