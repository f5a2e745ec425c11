import { plain } from './plain.ts';
import type { ExpectedResults } from './row.ts';

/** Rootless 20.10 without delegated control groups: inspect shows limits that the kernel does not have. */
export const rootless: ExpectedResults = {
  ...plain,
  'daemon-rootless': 'pass daemon',
  'userns-remap': 'pass daemon',
  'default-cgroup-parent': 'not-applicable daemon',
  'limit-support-missing': 'fail daemon',
  // Its bridges lie behind slirp4netns: no other machine can route to them.
  'network-direct-routing': 'pass app bridge | not-applicable daemon host none',

  // No limit is in force, the ones of good included.
  'container-cpu-limit': 'fail all',
  'container-memory-limit': 'fail all',
  'container-process-limit': 'fail all',
  'cpu-unbounded': 'fail open host | unknown good | not-applicable privileged',
  'near-limits': 'not-applicable all',
  'swap-and-oom-killer': 'unknown good | not-applicable open host privileged',

  // `top` is answered with 500, since runc finds processes by their control group.
  'container-ssh-server': 'unknown up | not-applicable privileged',
  // Decided without `top`: no process of a rootless engine is root of the host.
  'root-processes': 'not-applicable all',
  // SYS_ADMIN of host holds in the user namespace of the engine only.
  'sys-admin-unconfined': 'pass up | not-applicable privileged',

  // Processes of the host can not be shared here, so this container was made without.
  'container-host-pid': 'pass all',
  'privileged-host-namespace': 'not-applicable all',
};
