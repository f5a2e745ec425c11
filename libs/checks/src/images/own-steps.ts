import { type HostSnapshot, type ImageEntry, valueOf } from '@plimsoll/snapshot';
import { oncePerSnapshot } from '../engine/once-per-snapshot.ts';
import { type Judgement, unknown } from '../engine/verdict.ts';
import { type BuildStep, buildStepsOf, makesLayer } from './build-steps.ts';
import { longestShellText } from './shell-commands.ts';

interface LayerNode {
  readonly next: Map<string, LayerNode>;
  /** The image that ends with this layer. */
  image?: ImageEntry;
}

const layersOf = (image: ImageEntry): readonly string[] => valueOf(image.inspect)?.RootFS?.Layers ?? [];

const layerTree = oncePerSnapshot((snapshot: HostSnapshot): LayerNode => {
  const root: LayerNode = { next: new Map() };
  for (const image of valueOf(snapshot.images) ?? []) {
    const layers = layersOf(image);
    if (layers.length === 0) continue;
    let node = root;
    for (const layer of layers) {
      const next = node.next.get(layer) ?? { next: new Map<string, LayerNode>() };
      node.next.set(layer, next);
      node = next;
    }
    node.image ??= image;
  }
  return root;
});

/** The image on this host that another was built on: the one with the most of its layers, and not all. */
export const localBaseOf = (snapshot: HostSnapshot, image: ImageEntry): ImageEntry | undefined => {
  let node: LayerNode | undefined = layerTree(snapshot);
  let base: ImageEntry | undefined;
  for (const layer of layersOf(image).slice(0, -1)) {
    node = node.next.get(layer);
    if (node === undefined) break;
    base = node.image ?? base;
  }
  return base;
};

/**
 * The steps that are the owner's to change, newest first: without those of the base. The base is the local image whose
 * layers this one begins with, else guessed as Trivy does: behind the newest layers, an earlier CMD ends a base.
 * Undefined where there is no usable history.
 */
export const ownStepsOf = (
  snapshot: HostSnapshot,
  image: ImageEntry,
  includeBase: boolean,
): BuildStep[] | undefined => {
  const steps = buildStepsOf(image);
  if (steps === undefined || includeBase) return steps;
  const base = localBaseOf(snapshot, image);
  const baseSteps = base && buildStepsOf(base);
  if (baseSteps !== undefined && endsWith(steps, baseSteps)) return steps.slice(0, steps.length - baseSteps.length);
  const newestLayer = steps.findIndex(makesLayer);
  const end = steps.findIndex(
    ({ instruction }, index) => newestLayer >= 0 && index > newestLayer && instruction === 'CMD',
  );
  return end < 0 ? steps : steps.slice(0, end);
};

const endsWith = (steps: readonly BuildStep[], base: readonly BuildStep[]): boolean =>
  steps.length > base.length &&
  base.every((step, index) => {
    const same = steps[steps.length - base.length + index];
    return same?.instruction === step.instruction && same.text === step.text;
  });

/** The step that put a whole root file system into an empty image: `FROM scratch` with ADD … /, or an import. */
export const isRootFileSystem = (image: ImageEntry, step: BuildStep): boolean => {
  const oldest = buildStepsOf(image)?.findLast(makesLayer);
  if (oldest?.index !== step.index) return false;
  return step.instruction === 'OTHER' || (step.instruction === 'ADD' && /\s\/$/.test(step.text));
};

/** Whether a step wrote a layer and does not say how (as of a commit), or says it at a length that nobody reads. */
export const isOpaque = (image: ImageEntry, step: BuildStep): boolean =>
  step.instruction === 'OTHER'
    ? makesLayer(step) && !isRootFileSystem(image, step)
    : step.instruction === 'RUN' && step.text.length > longestShellText;

export const noHistory = (): Judgement =>
  unknown('The image tells nothing of how it was built', 'An image built from a Dockerfile, with its history kept');

export const opaqueHistory = (step: BuildStep): Judgement =>
  unknown(
    'A layer of the image does not show how it was made',
    'An image built from a Dockerfile instead of by docker commit or from a squashed build',
    [{ source: `history[${step.index}].CreatedBy`, value: step.text.slice(0, 200) }],
  );
