// Made by `npm run generate` from the files of this folder. Do not edit.
import type { Check } from './engine/check.ts';
import daemonAttackSurfaceContainerDockerSocket from './daemon-attack-surface/container-docker-socket.ts';
import daemonAttackSurfaceContainerSensitiveHostMounts from './daemon-attack-surface/container-sensitive-host-mounts.ts';
import kernelPrivilegesContainerPrivileged from './kernel-privileges/container-privileged.ts';
import namespacesUsernsRemap from './namespaces/userns-remap.ts';
import securityModulesDefaultSeccompProfile from './security-modules/default-seccomp-profile.ts';
import unprivilegedProcessesDaemonRootless from './unprivileged-processes/daemon-rootless.ts';

const checks: (Check | Check[])[] = [
  daemonAttackSurfaceContainerDockerSocket,
  daemonAttackSurfaceContainerSensitiveHostMounts,
  kernelPrivilegesContainerPrivileged,
  namespacesUsernsRemap,
  securityModulesDefaultSeccompProfile,
  unprivilegedProcessesDaemonRootless,
];
/** Every check, ordered by id. */
export const catalogue: readonly Check[] = checks.flat().toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** Changes whenever a check could judge otherwise. */
export const catalogueVersion = '251f5de97d29';
