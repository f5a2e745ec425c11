import type { HostConfig } from '@plimsoll/snapshot';
import { engineIsAtLeast } from './engine-version.ts';
import type { JudgingContext } from './context.ts';
import type { DaemonOption } from './daemon-flags.ts';

/** The daemon's default for its containers. */
export const noNewPrivilegesOption: DaemonOption = {
  flags: ['--no-new-privileges'],
  key: 'no-new-privileges',
  isSwitch: true,
};

const goTrue = new Set(['1', 't', 'T', 'true', 'True', 'TRUE']);
const goFalse = new Set(['0', 'f', 'F', 'false', 'False', 'FALSE']);

const ownOption = /^no-new-privileges(?:[=:](.*))?$/;

/**
 * Whether no process of the container can gain privileges by execve: its own option, else the daemon's default, which
 * `/info` tells from engine 24.0 on. Undefined where neither was seen.
 * @see moby/moby daemon/daemon_unix.go (parseSecurityOpt), daemon/info.go (fillSecurityOptions)
 */
export const hasNoNewPrivileges = (
  context: JudgingContext,
  hostConfig: HostConfig | undefined,
): boolean | undefined => {
  const options = hostConfig?.SecurityOpt;
  if (options === undefined) return undefined;
  const own = options?.findLast((option) => ownOption.test(option));
  if (own !== undefined) {
    const value = ownOption.exec(own)?.[1];
    if (value === undefined || goTrue.has(value)) return true;
    return goFalse.has(value) ? false : undefined;
  }
  if (context.info?.SecurityOptions?.includes('name=no-new-privileges') === true) return true;
  // Older engines have the setting and do not report it, so its absence says nothing.
  return engineIsAtLeast(context, 24, 0) === true && Array.isArray(context.info?.SecurityOptions) ? false : undefined;
};
