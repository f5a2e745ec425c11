// Made by `npm run generate` from the files of this folder. Do not edit.
import type { Check } from './engine/check.ts';
import controlGroupsContainerCgroupParent from './control-groups/container-cgroup-parent.ts';
import controlGroupsContainerProcessLimit from './control-groups/container-process-limit.ts';
import controlGroupsDaemonDefaultUlimits from './control-groups/daemon-default-ulimits.ts';
import controlGroupsDefaultCgroupParent from './control-groups/default-cgroup-parent.ts';
import controlGroupsDevicemapperBaseSize from './control-groups/devicemapper-base-size.ts';
import daemonAttackSurfaceContainerDockerSocket from './daemon-attack-surface/container-docker-socket.ts';
import daemonAttackSurfaceContainerSensitiveHostMounts from './daemon-attack-surface/container-sensitive-host-mounts.ts';
import hostNoAufsStorageDriver from './host/no-aufs-storage-driver.ts';
import kernelPrivilegesContainerCapabilities from './kernel-privileges/container-capabilities.ts';
import kernelPrivilegesContainerPrivileged from './kernel-privileges/container-privileged.ts';
import loggingAndOperationsDaemonLogLevel from './logging-and-operations/daemon-log-level.ts';
import loggingAndOperationsDebugMode from './logging-and-operations/debug-mode.ts';
import namespacesContainerHostIpc from './namespaces/container-host-ipc.ts';
import namespacesContainerHostNetwork from './namespaces/container-host-network.ts';
import namespacesContainerHostPid from './namespaces/container-host-pid.ts';
import namespacesContainerHostUserNamespace from './namespaces/container-host-user-namespace.ts';
import namespacesContainerHostUts from './namespaces/container-host-uts.ts';
import namespacesContainerMountPropagation from './namespaces/container-mount-propagation.ts';
import namespacesDaemonManagesFirewall from './namespaces/daemon-manages-firewall.ts';
import namespacesDefaultBridgeIsolated from './namespaces/default-bridge-isolated.ts';
import namespacesUsernsRemap from './namespaces/userns-remap.ts';
import securityModulesContainerSeccompProfile from './security-modules/container-seccomp-profile.ts';
import securityModulesDefaultSeccompProfile from './security-modules/default-seccomp-profile.ts';
import unprivilegedProcessesDaemonRootless from './unprivileged-processes/daemon-rootless.ts';

const checks: (Check | Check[])[] = [
  controlGroupsContainerCgroupParent,
  controlGroupsContainerProcessLimit,
  controlGroupsDaemonDefaultUlimits,
  controlGroupsDefaultCgroupParent,
  controlGroupsDevicemapperBaseSize,
  daemonAttackSurfaceContainerDockerSocket,
  daemonAttackSurfaceContainerSensitiveHostMounts,
  hostNoAufsStorageDriver,
  kernelPrivilegesContainerCapabilities,
  kernelPrivilegesContainerPrivileged,
  loggingAndOperationsDaemonLogLevel,
  loggingAndOperationsDebugMode,
  namespacesContainerHostIpc,
  namespacesContainerHostNetwork,
  namespacesContainerHostPid,
  namespacesContainerHostUserNamespace,
  namespacesContainerHostUts,
  namespacesContainerMountPropagation,
  namespacesDaemonManagesFirewall,
  namespacesDefaultBridgeIsolated,
  namespacesUsernsRemap,
  securityModulesContainerSeccompProfile,
  securityModulesDefaultSeccompProfile,
  unprivilegedProcessesDaemonRootless,
];
/** Every check, ordered by id. */
export const catalogue: readonly Check[] = checks.flat().toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** Changes whenever a check could judge otherwise. */
export const catalogueVersion = '5992bc99dfe4';
