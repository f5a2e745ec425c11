import { z } from 'zod';
import { flag, lenient, lenientNullable, list, number, text, textList, textMap } from './lenient.ts';

/** `GET /version`. Field names are the Engine API's own. */
export const EngineVersion = z.object({
  Version: text,
  ApiVersion: text,
  MinAPIVersion: text,
  GitCommit: text,
  Os: text,
  Arch: text,
  KernelVersion: text,
  Experimental: flag,
  Platform: lenient(z.object({ Name: text })),
  Components: list(z.object({ Name: text, Version: text, Details: textMap })),
});
export type EngineVersion = z.infer<typeof EngineVersion>;

const Runtime = z.object({ path: text, runtimeArgs: textList, runtimeType: text });
const IndexConfig = z.object({ Name: text, Mirrors: textList, Secure: flag, Official: flag });

/** `Swarm` of `GET /info`; join tokens are not in there. */
export const SwarmInfo = z.object({
  NodeID: text,
  NodeAddr: text,
  LocalNodeState: text,
  ControlAvailable: flag,
  Error: text,
  RemoteManagers: list(z.object({ NodeID: text, Addr: text })),
  Nodes: number,
  Managers: number,
  Warnings: textList,
  Cluster: lenientNullable(
    z.object({
      ID: text,
      CreatedAt: text,
      UpdatedAt: text,
      RootRotationInProgress: flag,
      DataPathPort: number,
      DefaultAddrPool: textList,
      TLSInfo: lenient(z.object({ TrustRoot: text, CertIssuerSubject: text })),
      Spec: lenient(
        z.object({
          Name: text,
          CAConfig: lenient(
            z.object({
              NodeCertExpiry: number,
              ForceRotate: number,
              ExternalCAs: list(z.object({ Protocol: text, URL: text })),
            }),
          ),
          EncryptionConfig: lenient(z.object({ AutoLockManagers: flag })),
        }),
      ),
    }),
  ),
});
export type SwarmInfo = z.infer<typeof SwarmInfo>;

/** `GET /info`. Field names are the Engine API's own; proxies' credentials are redacted. */
export const EngineInfo = z.object({
  ID: text,
  Name: text,
  Containers: number,
  ContainersRunning: number,
  ContainersPaused: number,
  ContainersStopped: number,
  Images: number,
  Driver: text,
  DriverStatus: list(z.array(z.string())),
  DockerRootDir: text,
  Plugins: lenient(z.object({ Volume: textList, Network: textList, Authorization: textList, Log: textList })),
  MemoryLimit: flag,
  SwapLimit: flag,
  KernelMemory: flag,
  KernelMemoryTCP: flag,
  CpuCfsPeriod: flag,
  CpuCfsQuota: flag,
  CPUShares: flag,
  CPUSet: flag,
  PidsLimit: flag,
  OomKillDisable: flag,
  IPv4Forwarding: flag,
  BridgeNfIptables: flag,
  BridgeNfIp6tables: flag,
  Debug: flag,
  NFd: number,
  NGoroutines: number,
  NEventsListener: number,
  SystemTime: text,
  LoggingDriver: text,
  CgroupDriver: text,
  CgroupVersion: text,
  KernelVersion: text,
  OperatingSystem: text,
  OSVersion: text,
  OSType: text,
  Architecture: text,
  NCPU: number,
  MemTotal: number,
  IndexServerAddress: text,
  RegistryConfig: lenientNullable(
    z.object({
      InsecureRegistryCIDRs: textList,
      IndexConfigs: lenientNullable(z.record(z.string(), IndexConfig)),
      Mirrors: textList,
    }),
  ),
  HttpProxy: text,
  HttpsProxy: text,
  NoProxy: text,
  Labels: textList,
  ExperimentalBuild: flag,
  ServerVersion: text,
  Runtimes: lenientNullable(z.record(z.string(), Runtime)),
  DefaultRuntime: text,
  Swarm: lenient(SwarmInfo),
  LiveRestoreEnabled: flag,
  Isolation: text,
  InitBinary: text,
  ContainerdCommit: lenient(z.object({ ID: text })),
  RuncCommit: lenient(z.object({ ID: text })),
  InitCommit: lenient(z.object({ ID: text })),
  SecurityOptions: textList,
  ProductLicense: text,
  DefaultAddressPools: list(z.object({ Base: text, Size: number })),
  FirewallBackend: lenient(z.object({ Driver: text, Info: list(z.array(z.string())) })),
  CDISpecDirs: textList,
  DiscoveredDevices: list(z.object({ Source: text, ID: text })),
  Containerd: lenient(z.object({ Address: text })),
  /** The interface for plugins that change containers at their creation (API 1.53), as words and values. */
  NRI: lenientNullable(z.object({ Info: list(z.array(z.string())) })),
  Warnings: textList,
});
export type EngineInfo = z.infer<typeof EngineInfo>;

/** `GET /plugins`. */
export const EnginePlugin = z.object({
  Id: text,
  Name: text,
  Enabled: flag,
  PluginReference: text,
  /** What is in force: a mount's source and a device can be set at installation. */
  Settings: lenient(
    z.object({
      Mounts: list(z.object({ Source: lenientNullable(z.string()), Destination: text })),
      Devices: list(z.object({ Path: lenientNullable(z.string()) })),
    }),
  ),
  Config: lenient(
    z.object({
      Interface: lenient(z.object({ Types: textList, Socket: text })),
      Network: lenient(z.object({ Type: text })),
      Linux: lenient(
        z.object({
          Capabilities: textList,
          AllowAllDevices: flag,
          Devices: list(z.object({ Path: lenientNullable(z.string()) })),
        }),
      ),
      PidHost: flag,
      IpcHost: flag,
      PropagatedMount: text,
      Mounts: list(z.object({ Source: lenientNullable(z.string()), Destination: text, Type: text })),
    }),
  ),
});
export type EnginePlugin = z.infer<typeof EnginePlugin>;
