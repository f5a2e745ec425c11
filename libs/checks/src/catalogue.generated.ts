// Made by `npm run generate` from the files of this folder. Do not edit.
import type { Check } from './engine/check.ts';
import controlGroupsContainerCgroupParent from './control-groups/container-cgroup-parent.ts';
import controlGroupsContainerCpuLimit from './control-groups/container-cpu-limit.ts';
import controlGroupsContainerEndlessRestarts from './control-groups/container-endless-restarts.ts';
import controlGroupsContainerMemoryLimit from './control-groups/container-memory-limit.ts';
import controlGroupsContainerProcessLimit from './control-groups/container-process-limit.ts';
import controlGroupsContainerUlimitOverrides from './control-groups/container-ulimit-overrides.ts';
import controlGroupsCpuUnbounded from './control-groups/cpu-unbounded.ts';
import controlGroupsCrashHistory from './control-groups/crash-history.ts';
import controlGroupsDaemonDefaultUlimits from './control-groups/daemon-default-ulimits.ts';
import controlGroupsDefaultCgroupParent from './control-groups/default-cgroup-parent.ts';
import controlGroupsDevicemapperBaseSize from './control-groups/devicemapper-base-size.ts';
import controlGroupsDiskGrowth from './control-groups/disk-growth.ts';
import controlGroupsIoUnbounded from './control-groups/io-unbounded.ts';
import controlGroupsLimitSupportMissing from './control-groups/limit-support-missing.ts';
import controlGroupsMemoryOvercommit from './control-groups/memory-overcommit.ts';
import controlGroupsNearLimits from './control-groups/near-limits.ts';
import controlGroupsNetworkErrors from './control-groups/network-errors.ts';
import controlGroupsSwapAndOomKiller from './control-groups/swap-and-oom-killer.ts';
import daemonAttackSurfaceApiAuthorizationPlugin from './daemon-attack-surface/api-authorization-plugin.ts';
import daemonAttackSurfaceApiClientAuthority from './daemon-attack-surface/api-client-authority.ts';
import daemonAttackSurfaceApiListenScope from './daemon-attack-surface/api-listen-scope.ts';
import daemonAttackSurfaceAuthorizationPluginSound from './daemon-attack-surface/authorization-plugin-sound.ts';
import daemonAttackSurfaceBuilderEntitlements from './daemon-attack-surface/builder-entitlements.ts';
import daemonAttackSurfaceClientKeysOnHost from './daemon-attack-surface/client-keys-on-host.ts';
import daemonAttackSurfaceContainerDockerSocket from './daemon-attack-surface/container-docker-socket.ts';
import daemonAttackSurfaceContainerSensitiveHostMounts from './daemon-attack-surface/container-sensitive-host-mounts.ts';
import daemonAttackSurfaceDockerGroupTrustedMembers from './daemon-attack-surface/docker-group-trusted-members.ts';
import daemonAttackSurfaceHostControlSocket from './daemon-attack-surface/host-control-socket.ts';
import daemonAttackSurfaceHostFileModes from './daemon-attack-surface/host-file-modes.ts';
import daemonAttackSurfaceHostFileOwners from './daemon-attack-surface/host-file-owners.ts';
import daemonAttackSurfaceHostSockets from './daemon-attack-surface/host-sockets.ts';
import daemonAttackSurfaceManagementContainer from './daemon-attack-surface/management-container.ts';
import daemonAttackSurfaceMountCredentials from './daemon-attack-surface/mount-credentials.ts';
import daemonAttackSurfaceNoExperimentalFeatures from './daemon-attack-surface/no-experimental-features.ts';
import daemonAttackSurfaceNoUserlandProxy from './daemon-attack-surface/no-userland-proxy.ts';
import daemonAttackSurfacePluginPrivileges from './daemon-attack-surface/plugin-privileges.ts';
import daemonAttackSurfaceReadOnlyNotRecursive from './daemon-attack-surface/read-only-not-recursive.ts';
import daemonAttackSurfaceRemoteApiMutualTls from './daemon-attack-surface/remote-api-mutual-tls.ts';
import daemonAttackSurfaceSharedWritableData from './daemon-attack-surface/shared-writable-data.ts';
import daemonAttackSurfaceSocketProxy from './daemon-attack-surface/socket-proxy.ts';
import daemonAttackSurfaceTlsCertificate from './daemon-attack-surface/tls-certificate.ts';
import daemonAttackSurfaceTlsExpiry from './daemon-attack-surface/tls-expiry.ts';
import daemonAttackSurfaceTlsProtocol from './daemon-attack-surface/tls-protocol.ts';
import daemonAttackSurfaceVolumeHiddenBind from './daemon-attack-surface/volume-hidden-bind.ts';
import daemonAttackSurfaceVolumeNetworkStorage from './daemon-attack-surface/volume-network-storage.ts';
import hostDockerAloneOnHost from './host/docker-alone-on-host.ts';
import hostDockerDataOwnFilesystem from './host/docker-data-own-filesystem.ts';
import hostEndOfLifeComponent from './host/end-of-life-component.ts';
import hostEngineSupportedRelease from './host/engine-supported-release.ts';
import hostHostHardeningStandard from './host/host-hardening-standard.ts';
import hostKnownVulnerability from './host/known-vulnerability.ts';
import hostNoAufsStorageDriver from './host/no-aufs-storage-driver.ts';
import imagesContainerChangedFiles from './images/container-changed-files.ts';
import imagesContainerCurrentImage from './images/container-current-image.ts';
import imagesImageAge from './images/image-age.ts';
import imagesImageCopyNotAdd from './images/image-copy-not-add.ts';
import imagesImageHealthCheck from './images/image-health-check.ts';
import imagesImageNoSecrets from './images/image-no-secrets.ts';
import imagesImageNoUnneededTools from './images/image-no-unneeded-tools.ts';
import imagesImagePackageUpdateNotAlone from './images/image-package-update-not-alone.ts';
import imagesImagePackagesAuthenticated from './images/image-packages-authenticated.ts';
import imagesImagePatched from './images/image-patched.ts';
import imagesImageTrustedSource from './images/image-trusted-source.ts';
import imagesSecretInContainerConfig from './images/secret-in-container-config.ts';
import imagesSuspiciousCommand from './images/suspicious-command.ts';
import imagesUnusedImages from './images/unused-images.ts';
import kernelPrivilegesCapAll from './kernel-privileges/cap-all.ts';
import kernelPrivilegesCapBpfPerfmon from './kernel-privileges/cap-bpf-perfmon.ts';
import kernelPrivilegesCapDacReadSearch from './kernel-privileges/cap-dac-read-search.ts';
import kernelPrivilegesCapHostWide from './kernel-privileges/cap-host-wide.ts';
import kernelPrivilegesCapNetAdmin from './kernel-privileges/cap-net-admin.ts';
import kernelPrivilegesCapNetRaw from './kernel-privileges/cap-net-raw.ts';
import kernelPrivilegesCapSysAdmin from './kernel-privileges/cap-sys-admin.ts';
import kernelPrivilegesCapSysModule from './kernel-privileges/cap-sys-module.ts';
import kernelPrivilegesCapSysPtrace from './kernel-privileges/cap-sys-ptrace.ts';
import kernelPrivilegesContainerCapabilities from './kernel-privileges/container-capabilities.ts';
import kernelPrivilegesContainerHostDevices from './kernel-privileges/container-host-devices.ts';
import kernelPrivilegesContainerNoNewPrivileges from './kernel-privileges/container-no-new-privileges.ts';
import kernelPrivilegesContainerPrivileged from './kernel-privileges/container-privileged.ts';
import kernelPrivilegesDaemonNoNewPrivileges from './kernel-privileges/daemon-no-new-privileges.ts';
import kernelPrivilegesExecPrivileged from './kernel-privileges/exec-privileged.ts';
import kernelPrivilegesKernelMemoryAccess from './kernel-privileges/kernel-memory-access.ts';
import kernelPrivilegesMknodWithDeviceRule from './kernel-privileges/mknod-with-device-rule.ts';
import kernelPrivilegesPrivilegedHostNamespace from './kernel-privileges/privileged-host-namespace.ts';
import kernelPrivilegesRuntimeUnknown from './kernel-privileges/runtime-unknown.ts';
import kernelPrivilegesSysAdminUnconfined from './kernel-privileges/sys-admin-unconfined.ts';
import kernelPrivilegesWritableKernelInterface from './kernel-privileges/writable-kernel-interface.ts';
import loggingAndOperationsAuditWatches from './logging-and-operations/audit-watches.ts';
import loggingAndOperationsClockSkew from './logging-and-operations/clock-skew.ts';
import loggingAndOperationsContainerHealthCheck from './logging-and-operations/container-health-check.ts';
import loggingAndOperationsContainerLogsLeaveHost from './logging-and-operations/container-logs-leave-host.ts';
import loggingAndOperationsDaemonLogLevel from './logging-and-operations/daemon-log-level.ts';
import loggingAndOperationsDebugMode from './logging-and-operations/debug-mode.ts';
import loggingAndOperationsEngineWarnings from './logging-and-operations/engine-warnings.ts';
import loggingAndOperationsExitedContainerHoldsSecrets from './logging-and-operations/exited-container-holds-secrets.ts';
import loggingAndOperationsLiveRestore from './logging-and-operations/live-restore.ts';
import loggingAndOperationsLogRotation from './logging-and-operations/log-rotation.ts';
import loggingAndOperationsLoggingOff from './logging-and-operations/logging-off.ts';
import loggingAndOperationsOrphanVolume from './logging-and-operations/orphan-volume.ts';
import loggingAndOperationsStoppedContainers from './logging-and-operations/stopped-containers.ts';
import namespacesAdminPortExposed from './namespaces/admin-port-exposed.ts';
import namespacesCgroupnsHost from './namespaces/cgroupns-host.ts';
import namespacesContainerDefaultBridge from './namespaces/container-default-bridge.ts';
import namespacesContainerHostIpc from './namespaces/container-host-ipc.ts';
import namespacesContainerHostNetwork from './namespaces/container-host-network.ts';
import namespacesContainerHostPid from './namespaces/container-host-pid.ts';
import namespacesContainerHostUserNamespace from './namespaces/container-host-user-namespace.ts';
import namespacesContainerHostUts from './namespaces/container-host-uts.ts';
import namespacesContainerMountPropagation from './namespaces/container-mount-propagation.ts';
import namespacesContainerNeedlessPorts from './namespaces/container-needless-ports.ts';
import namespacesContainerPortsOnAllAddresses from './namespaces/container-ports-on-all-addresses.ts';
import namespacesContainerPrivilegedHostPorts from './namespaces/container-privileged-host-ports.ts';
import namespacesDaemonManagesFirewall from './namespaces/daemon-manages-firewall.ts';
import namespacesDefaultBridgeIsolated from './namespaces/default-bridge-isolated.ts';
import namespacesFlatNetwork from './namespaces/flat-network.ts';
import namespacesHostNetworkWithRoot from './namespaces/host-network-with-root.ts';
import namespacesIpv6Publish from './namespaces/ipv6-publish.ts';
import namespacesJoinedContainerNamespaces from './namespaces/joined-container-namespaces.ts';
import namespacesMacvlanIpvlan from './namespaces/macvlan-ipvlan.ts';
import namespacesNetworkDirectRouting from './namespaces/network-direct-routing.ts';
import namespacesPublishedWithoutNeed from './namespaces/published-without-need.ts';
import namespacesUsernsRemap from './namespaces/userns-remap.ts';
import orchestrationSwarmAutolock from './orchestration/swarm-autolock.ts';
import orchestrationSwarmCaRotation from './orchestration/swarm-ca-rotation.ts';
import orchestrationSwarmEncryptedOverlays from './orchestration/swarm-encrypted-overlays.ts';
import orchestrationSwarmListenAddress from './orchestration/swarm-listen-address.ts';
import orchestrationSwarmManagerCount from './orchestration/swarm-manager-count.ts';
import orchestrationSwarmManagerWorkload from './orchestration/swarm-manager-workload.ts';
import orchestrationSwarmModeWanted from './orchestration/swarm-mode-wanted.ts';
import orchestrationSwarmNodeCertificateLifetime from './orchestration/swarm-node-certificate-lifetime.ts';
import orchestrationSwarmNodesCovered from './orchestration/swarm-nodes-covered.ts';
import orchestrationSwarmSecretHygiene from './orchestration/swarm-secret-hygiene.ts';
import orchestrationSwarmSecretsUsed from './orchestration/swarm-secrets-used.ts';
import orchestrationSwarmSeparatePlanes from './orchestration/swarm-separate-planes.ts';
import orchestrationSwarmServicePrivileges from './orchestration/swarm-service-privileges.ts';
import orchestrationSwarmUnlockKeyRotation from './orchestration/swarm-unlock-key-rotation.ts';
import registryAndAccountsContentTrust from './registry-and-accounts/content-trust.ts';
import registryAndAccountsImageArtifactsVerified from './registry-and-accounts/image-artifacts-verified.ts';
import registryAndAccountsImageNotPinned from './registry-and-accounts/image-not-pinned.ts';
import registryAndAccountsImageOriginUnknown from './registry-and-accounts/image-origin-unknown.ts';
import registryAndAccountsMirrorUnencrypted from './registry-and-accounts/mirror-unencrypted.ts';
import registryAndAccountsNoInsecureRegistries from './registry-and-accounts/no-insecure-registries.ts';
import registryAndAccountsRegistryCertificates from './registry-and-accounts/registry-certificates.ts';
import registryAndAccountsRegistryCredentials from './registry-and-accounts/registry-credentials.ts';
import securityModulesContainerApparmorProfile from './security-modules/container-apparmor-profile.ts';
import securityModulesContainerSeccompProfile from './security-modules/container-seccomp-profile.ts';
import securityModulesContainerSelinuxLabel from './security-modules/container-selinux-label.ts';
import securityModulesDefaultSeccompProfile from './security-modules/default-seccomp-profile.ts';
import securityModulesKernelHardening from './security-modules/kernel-hardening.ts';
import securityModulesMaskedPaths from './security-modules/masked-paths.ts';
import securityModulesNoSecurityModule from './security-modules/no-security-module.ts';
import securityModulesSeccompCustomProfile from './security-modules/seccomp-custom-profile.ts';
import unprivilegedProcessesContainerReadOnlyRoot from './unprivileged-processes/container-read-only-root.ts';
import unprivilegedProcessesContainerSshServer from './unprivileged-processes/container-ssh-server.ts';
import unprivilegedProcessesDaemonRootless from './unprivileged-processes/daemon-rootless.ts';
import unprivilegedProcessesExecAsRoot from './unprivileged-processes/exec-as-root.ts';
import unprivilegedProcessesExplicitRootUser from './unprivileged-processes/explicit-root-user.ts';
import unprivilegedProcessesImageSetuidPrograms from './unprivileged-processes/image-setuid-programs.ts';
import unprivilegedProcessesImageUserNotRoot from './unprivileged-processes/image-user-not-root.ts';
import unprivilegedProcessesPrivilegedGroup from './unprivileged-processes/privileged-group.ts';
import unprivilegedProcessesRootProcesses from './unprivileged-processes/root-processes.ts';
import unprivilegedProcessesSetuidReturn from './unprivileged-processes/setuid-return.ts';

const checks: (Check | Check[])[] = [
  controlGroupsContainerCgroupParent,
  controlGroupsContainerCpuLimit,
  controlGroupsContainerEndlessRestarts,
  controlGroupsContainerMemoryLimit,
  controlGroupsContainerProcessLimit,
  controlGroupsContainerUlimitOverrides,
  controlGroupsCpuUnbounded,
  controlGroupsCrashHistory,
  controlGroupsDaemonDefaultUlimits,
  controlGroupsDefaultCgroupParent,
  controlGroupsDevicemapperBaseSize,
  controlGroupsDiskGrowth,
  controlGroupsIoUnbounded,
  controlGroupsLimitSupportMissing,
  controlGroupsMemoryOvercommit,
  controlGroupsNearLimits,
  controlGroupsNetworkErrors,
  controlGroupsSwapAndOomKiller,
  daemonAttackSurfaceApiAuthorizationPlugin,
  daemonAttackSurfaceApiClientAuthority,
  daemonAttackSurfaceApiListenScope,
  daemonAttackSurfaceAuthorizationPluginSound,
  daemonAttackSurfaceBuilderEntitlements,
  daemonAttackSurfaceClientKeysOnHost,
  daemonAttackSurfaceContainerDockerSocket,
  daemonAttackSurfaceContainerSensitiveHostMounts,
  daemonAttackSurfaceDockerGroupTrustedMembers,
  daemonAttackSurfaceHostControlSocket,
  daemonAttackSurfaceHostFileModes,
  daemonAttackSurfaceHostFileOwners,
  daemonAttackSurfaceHostSockets,
  daemonAttackSurfaceManagementContainer,
  daemonAttackSurfaceMountCredentials,
  daemonAttackSurfaceNoExperimentalFeatures,
  daemonAttackSurfaceNoUserlandProxy,
  daemonAttackSurfacePluginPrivileges,
  daemonAttackSurfaceReadOnlyNotRecursive,
  daemonAttackSurfaceRemoteApiMutualTls,
  daemonAttackSurfaceSharedWritableData,
  daemonAttackSurfaceSocketProxy,
  daemonAttackSurfaceTlsCertificate,
  daemonAttackSurfaceTlsExpiry,
  daemonAttackSurfaceTlsProtocol,
  daemonAttackSurfaceVolumeHiddenBind,
  daemonAttackSurfaceVolumeNetworkStorage,
  hostDockerAloneOnHost,
  hostDockerDataOwnFilesystem,
  hostEndOfLifeComponent,
  hostEngineSupportedRelease,
  hostHostHardeningStandard,
  hostKnownVulnerability,
  hostNoAufsStorageDriver,
  imagesContainerChangedFiles,
  imagesContainerCurrentImage,
  imagesImageAge,
  imagesImageCopyNotAdd,
  imagesImageHealthCheck,
  imagesImageNoSecrets,
  imagesImageNoUnneededTools,
  imagesImagePackageUpdateNotAlone,
  imagesImagePackagesAuthenticated,
  imagesImagePatched,
  imagesImageTrustedSource,
  imagesSecretInContainerConfig,
  imagesSuspiciousCommand,
  imagesUnusedImages,
  kernelPrivilegesCapAll,
  kernelPrivilegesCapBpfPerfmon,
  kernelPrivilegesCapDacReadSearch,
  kernelPrivilegesCapHostWide,
  kernelPrivilegesCapNetAdmin,
  kernelPrivilegesCapNetRaw,
  kernelPrivilegesCapSysAdmin,
  kernelPrivilegesCapSysModule,
  kernelPrivilegesCapSysPtrace,
  kernelPrivilegesContainerCapabilities,
  kernelPrivilegesContainerHostDevices,
  kernelPrivilegesContainerNoNewPrivileges,
  kernelPrivilegesContainerPrivileged,
  kernelPrivilegesDaemonNoNewPrivileges,
  kernelPrivilegesExecPrivileged,
  kernelPrivilegesKernelMemoryAccess,
  kernelPrivilegesMknodWithDeviceRule,
  kernelPrivilegesPrivilegedHostNamespace,
  kernelPrivilegesRuntimeUnknown,
  kernelPrivilegesSysAdminUnconfined,
  kernelPrivilegesWritableKernelInterface,
  loggingAndOperationsAuditWatches,
  loggingAndOperationsClockSkew,
  loggingAndOperationsContainerHealthCheck,
  loggingAndOperationsContainerLogsLeaveHost,
  loggingAndOperationsDaemonLogLevel,
  loggingAndOperationsDebugMode,
  loggingAndOperationsEngineWarnings,
  loggingAndOperationsExitedContainerHoldsSecrets,
  loggingAndOperationsLiveRestore,
  loggingAndOperationsLogRotation,
  loggingAndOperationsLoggingOff,
  loggingAndOperationsOrphanVolume,
  loggingAndOperationsStoppedContainers,
  namespacesAdminPortExposed,
  namespacesCgroupnsHost,
  namespacesContainerDefaultBridge,
  namespacesContainerHostIpc,
  namespacesContainerHostNetwork,
  namespacesContainerHostPid,
  namespacesContainerHostUserNamespace,
  namespacesContainerHostUts,
  namespacesContainerMountPropagation,
  namespacesContainerNeedlessPorts,
  namespacesContainerPortsOnAllAddresses,
  namespacesContainerPrivilegedHostPorts,
  namespacesDaemonManagesFirewall,
  namespacesDefaultBridgeIsolated,
  namespacesFlatNetwork,
  namespacesHostNetworkWithRoot,
  namespacesIpv6Publish,
  namespacesJoinedContainerNamespaces,
  namespacesMacvlanIpvlan,
  namespacesNetworkDirectRouting,
  namespacesPublishedWithoutNeed,
  namespacesUsernsRemap,
  orchestrationSwarmAutolock,
  orchestrationSwarmCaRotation,
  orchestrationSwarmEncryptedOverlays,
  orchestrationSwarmListenAddress,
  orchestrationSwarmManagerCount,
  orchestrationSwarmManagerWorkload,
  orchestrationSwarmModeWanted,
  orchestrationSwarmNodeCertificateLifetime,
  orchestrationSwarmNodesCovered,
  orchestrationSwarmSecretHygiene,
  orchestrationSwarmSecretsUsed,
  orchestrationSwarmSeparatePlanes,
  orchestrationSwarmServicePrivileges,
  orchestrationSwarmUnlockKeyRotation,
  registryAndAccountsContentTrust,
  registryAndAccountsImageArtifactsVerified,
  registryAndAccountsImageNotPinned,
  registryAndAccountsImageOriginUnknown,
  registryAndAccountsMirrorUnencrypted,
  registryAndAccountsNoInsecureRegistries,
  registryAndAccountsRegistryCertificates,
  registryAndAccountsRegistryCredentials,
  securityModulesContainerApparmorProfile,
  securityModulesContainerSeccompProfile,
  securityModulesContainerSelinuxLabel,
  securityModulesDefaultSeccompProfile,
  securityModulesKernelHardening,
  securityModulesMaskedPaths,
  securityModulesNoSecurityModule,
  securityModulesSeccompCustomProfile,
  unprivilegedProcessesContainerReadOnlyRoot,
  unprivilegedProcessesContainerSshServer,
  unprivilegedProcessesDaemonRootless,
  unprivilegedProcessesExecAsRoot,
  unprivilegedProcessesExplicitRootUser,
  unprivilegedProcessesImageSetuidPrograms,
  unprivilegedProcessesImageUserNotRoot,
  unprivilegedProcessesPrivilegedGroup,
  unprivilegedProcessesRootProcesses,
  unprivilegedProcessesSetuidReturn,
];

/** Every check, ordered by id. */
export const catalogue: readonly Check[] = checks.flat().toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** Changes whenever a check could judge otherwise. */
export const catalogueVersion = '11dd10c87777';
