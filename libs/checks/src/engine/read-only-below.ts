import type { JudgingContext } from './context.ts';
import { engineIsAtLeast, kernelIsAtLeast } from './engine-version.ts';
import type { HostPath } from './host-paths.ts';

/**
 * Whether a read-only mount is read-only in all that is mounted below its path, too: what was asked for, else what engine
 * (25.0) and kernel (5.12) can do. A container that was made by an older engine is mounted by the new one at its next
 * start. Undefined where their versions were not seen.
 * @see moby/moby daemon/oci_linux.go (withMounts), daemon/server/router/container/container_routes.go
 */
export const isReadOnlyBelow = (
  { recursive, readOnlyBelow }: HostPath,
  context: JudgingContext,
): boolean | undefined => {
  if (!recursive || readOnlyBelow === 'forced') return true;
  if (readOnlyBelow === 'refused') return false;
  if (readOnlyBelow === 'unseen') return undefined;
  const able = new Set([engineIsAtLeast(context, 25, 0), kernelIsAtLeast(context, 5, 12)]);
  if (able.has(false)) return false;
  return able.has(undefined) ? undefined : true;
};
