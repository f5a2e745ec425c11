import type { HostConfig } from '@plimsoll/snapshot';
import type { JudgingContext } from './context.ts';

/**
 * Whether root inside the container is another user on the host: a rootless daemon, a remapped one that the container
 * does not opt out of, or a namespace of the container's own (Podman). Undefined where it was not seen.
 */
export const isInUserNamespace = (context: JudgingContext, hostConfig: HostConfig | undefined): boolean | undefined => {
  if (context.isRootless === true) return true;
  if (hostConfig?.UsernsMode === undefined) return undefined;
  if (hostConfig.UsernsMode === 'host') return context.isRootless === undefined ? undefined : false;
  if (context.isPodman === true) return hostConfig.UsernsMode !== '';
  return context.isUserRemapped;
};
