import type { HostConfig } from '@plimsoll/snapshot';
import type { JudgingContext } from './context.ts';

/** Runtimes that put a kernel or a virtual machine of its own between container and host. */
export const defaultSandboxRuntimes = [
  'runsc',
  'io.containerd.runsc.v1',
  'kata-runtime',
  'io.containerd.kata.v2',
  'sysbox-runc',
];

/** The runtime of a container; an empty one, in old records, is the daemon's default. Undefined where not seen. */
export const runtimeOf = (context: JudgingContext, hostConfig: HostConfig | undefined): string | undefined =>
  hostConfig?.Runtime || context.info?.DefaultRuntime;

/**
 * The sandboxing runtime a container runs under, if any: its name is listed, or daemon.json gives a name of its own to
 * a listed program or containerd shim.
 */
export const sandboxOf = (
  context: JudgingContext,
  hostConfig: HostConfig | undefined,
  sandboxRuntimes: readonly string[],
): string | undefined => {
  const name = runtimeOf(context, hostConfig);
  if (name === undefined) return undefined;
  const registered = context.info?.Runtimes?.[name];
  const program = registered?.path?.slice(registered.path.lastIndexOf('/') + 1);
  return [name, registered?.runtimeType, program].some(
    (known) => known !== undefined && sandboxRuntimes.includes(known),
  )
    ? name
    : undefined;
};
