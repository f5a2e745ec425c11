import type { JudgingContext } from './context.ts';

/** `28.5.2`, `20.10.24+dfsg1`, `17.06.0-ce`: major and minor number of what a release calls itself. */
const releasePattern = /^v?(\d{1,4})\.(\d{1,4})(?:\D|$)/;

/**
 * Whether the Docker Engine is of this release or a later one. Undefined where its version was not seen, does not look
 * like a release (a development build), or is Podman's, which counts on its own.
 */
export const engineIsAtLeast = (context: JudgingContext, major: number, minor: number): boolean | undefined => {
  if (context.isPodman === true) return undefined;
  return isAtLeast(context.version?.Version ?? context.info?.ServerVersion, major, minor);
};

/** The same for the newest API the engine speaks, e.g. 1.51; of any engine. */
export const apiIsAtLeast = (context: JudgingContext, major: number, minor: number): boolean | undefined =>
  isAtLeast(context.version?.ApiVersion, major, minor);

/** The same for Podman; undefined on any other engine too. */
export const podmanIsAtLeast = (context: JudgingContext, major: number, minor: number): boolean | undefined => {
  const podman = context.version?.Components?.find(({ Name }) => Name?.toLowerCase().includes('podman') === true);
  return podman === undefined ? undefined : isAtLeast(podman.Version ?? context.version?.Version, major, minor);
};

/** The same for the kernel: `5.10.0-28-amd64` → 5, 10. */
export const kernelIsAtLeast = (context: JudgingContext, major: number, minor: number): boolean | undefined =>
  isAtLeast(context.info?.KernelVersion ?? context.version?.KernelVersion, major, minor);

const isAtLeast = (release: string | undefined, major: number, minor: number): boolean | undefined => {
  const [, seenMajor, seenMinor] = releasePattern.exec(release ?? '') ?? [];
  if (seenMajor === undefined || seenMinor === undefined) return undefined;
  return Number(seenMajor) === major ? Number(seenMinor) >= minor : Number(seenMajor) > major;
};
