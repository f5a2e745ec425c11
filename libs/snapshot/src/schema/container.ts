import { z } from 'zod';
import { flag, lenient, lenientNullable, list, number, text, textList, textMap } from './lenient.ts';
import { part } from './part.ts';
import { EnvironmentVariable, SecretSighting } from './secret.ts';

const PortBinding = z.object({ HostIp: text, HostPort: text });
const PortMap = lenientNullable(z.record(z.string(), z.array(PortBinding).nullable()));
const ThrottleDevice = z.object({ Path: text, Rate: number });

/** A point under which something of the host or a volume shows inside a container. */
export const MountPoint = z.object({
  Type: text,
  Name: text,
  Source: text,
  Destination: text,
  Driver: text,
  Mode: text,
  RW: flag,
  Propagation: text,
});
export type MountPoint = z.infer<typeof MountPoint>;

const DriverConfig = lenientNullable(z.object({ Name: text, Options: textMap }));

/** `HostConfig` of `GET /containers/{id}/json`. */
export const HostConfig = z.object({
  Binds: textList,
  Mounts: list(
    z.object({
      Type: text,
      Source: text,
      Target: text,
      ReadOnly: flag,
      BindOptions: lenientNullable(
        z.object({
          Propagation: text,
          NonRecursive: flag,
          CreateMountpoint: flag,
          ReadOnlyNonRecursive: flag,
          ReadOnlyForceRecursive: flag,
        }),
      ),
      VolumeOptions: lenientNullable(z.object({ DriverConfig })),
    }),
  ),
  VolumesFrom: textList,
  NetworkMode: text,
  PortBindings: PortMap,
  PublishAllPorts: flag,
  RestartPolicy: lenient(z.object({ Name: text, MaximumRetryCount: number })),
  AutoRemove: flag,
  LogConfig: lenient(z.object({ Type: text, Config: textMap })),
  CapAdd: textList,
  CapDrop: textList,
  CgroupnsMode: text,
  IpcMode: text,
  Cgroup: text,
  OomScoreAdj: number,
  PidMode: text,
  Privileged: flag,
  ReadonlyRootfs: flag,
  SecurityOpt: textList,
  StorageOpt: textMap,
  Tmpfs: textMap,
  UTSMode: text,
  UsernsMode: text,
  ShmSize: number,
  Sysctls: textMap,
  Runtime: text,
  GroupAdd: textList,
  Init: lenientNullable(z.boolean()),
  CpuShares: number,
  Memory: number,
  NanoCpus: number,
  CgroupParent: text,
  BlkioWeight: number,
  BlkioDeviceReadBps: list(ThrottleDevice),
  BlkioDeviceWriteBps: list(ThrottleDevice),
  BlkioDeviceReadIOps: list(ThrottleDevice),
  BlkioDeviceWriteIOps: list(ThrottleDevice),
  CpuPeriod: number,
  CpuQuota: number,
  CpuRealtimePeriod: number,
  CpuRealtimeRuntime: number,
  CpusetCpus: text,
  CpusetMems: text,
  /** Windows: how a container is kept apart (`process`, `hyperv`, `default`) and its share of the processors. */
  Isolation: text,
  CpuCount: number,
  CpuPercent: number,
  Devices: list(z.object({ PathOnHost: text, PathInContainer: text, CgroupPermissions: text })),
  DeviceCgroupRules: textList,
  DeviceRequests: list(
    z.object({ Driver: text, Count: number, DeviceIDs: textList, Capabilities: list(z.array(z.string())) }),
  ),
  MemoryReservation: number,
  MemorySwap: number,
  MemorySwappiness: lenientNullable(z.number()),
  OomKillDisable: lenientNullable(z.boolean()),
  /** `null`, 0 and -1 all mean "no limit". */
  PidsLimit: lenientNullable(z.number()),
  Ulimits: list(z.object({ Name: text, Soft: number, Hard: number })),
  Annotations: textMap,
  MaskedPaths: textList,
  ReadonlyPaths: textList,
});
export type HostConfig = z.infer<typeof HostConfig>;

/** Shared by container and image: `Config`, with the environment judged and command lines redacted. */
export const ContainerConfig = z.object({
  Hostname: text,
  User: text,
  ExposedPorts: lenientNullable(z.record(z.string(), z.unknown())),
  /** In place of `Env`: names and verdicts, no values. */
  environment: lenient(z.array(EnvironmentVariable)),
  Cmd: textList,
  Entrypoint: textList,
  Image: text,
  Volumes: lenientNullable(z.record(z.string(), z.unknown())),
  WorkingDir: text,
  NetworkDisabled: flag,
  /** A terminal. */
  Tty: flag,
  OnBuild: textList,
  Labels: textMap,
  StopSignal: text,
  Healthcheck: lenientNullable(
    z.object({ Test: textList, Interval: number, Timeout: number, Retries: number, StartPeriod: number }),
  ),
});
export type ContainerConfig = z.infer<typeof ContainerConfig>;

const EndpointSettings = z.object({
  NetworkID: text,
  IPAddress: text,
  GlobalIPv6Address: text,
  Aliases: textList,
});

/** `GET /containers/{id}/json`. */
export const ContainerInspect = z.object({
  Id: text,
  Name: text,
  Created: text,
  Path: text,
  Args: textList,
  Image: text,
  ImageManifestDescriptor: lenientNullable(z.object({ digest: text })),
  RestartCount: number,
  Driver: text,
  Platform: text,
  MountLabel: text,
  ProcessLabel: text,
  AppArmorProfile: text,
  LogPath: text,
  ExecIDs: textList,
  SizeRw: number,
  State: lenient(
    z.object({
      Status: text,
      Running: flag,
      Paused: flag,
      Restarting: flag,
      OOMKilled: flag,
      Dead: flag,
      ExitCode: number,
      Error: text,
      StartedAt: text,
      FinishedAt: text,
      Health: lenientNullable(z.object({ Status: text, FailingStreak: number })),
    }),
  ),
  HostConfig: lenient(HostConfig),
  Config: lenient(ContainerConfig),
  Mounts: list(MountPoint),
  NetworkSettings: lenient(
    z.object({
      Ports: PortMap,
      Networks: lenientNullable(z.record(z.string(), EndpointSettings)),
    }),
  ),
});
export type ContainerInspect = z.infer<typeof ContainerInspect>;

/** One sample of `GET /containers/{id}/stats?stream=false&one-shot=true`; bytes, counts and nanoseconds. */
export const ContainerStats = z.object({
  pids_stats: lenient(z.object({ current: number, limit: number })),
  memory_stats: lenient(
    z.object({
      usage: number,
      limit: number,
      stats: lenientNullable(z.object({ inactive_file: number, total_inactive_file: number })),
    }),
  ),
  cpu_stats: lenient(
    z.object({
      throttling_data: lenient(z.object({ periods: number, throttled_periods: number, throttled_time: number })),
    }),
  ),
  blkio_stats: lenient(
    z.object({ io_service_bytes_recursive: list(z.object({ op: text, value: number, major: number, minor: number })) }),
  ),
  networks: lenientNullable(
    z.record(
      z.string(),
      z.object({
        rx_bytes: number,
        tx_bytes: number,
        rx_packets: number,
        tx_packets: number,
        rx_errors: number,
        tx_errors: number,
        rx_dropped: number,
        tx_dropped: number,
      }),
    ),
  ),
});
export type ContainerStats = z.infer<typeof ContainerStats>;

/** One row of `GET /containers/{id}/top`; ids are the host's, command lines are redacted. */
export const ContainerProcess = z.object({
  pid: number,
  parentPid: number,
  /** Number or name, as `ps` on the host prints it. */
  user: text,
  /** Effective group id, where the engine gave one. */
  group: text,
  command: text,
});
export type ContainerProcess = z.infer<typeof ContainerProcess>;

/** An exec that has not ended: `GET /exec/{id}/json`. */
export const ContainerExec = z.object({
  id: z.string(),
  running: flag,
  privileged: flag,
  user: text,
  entrypoint: text,
});
export type ContainerExec = z.infer<typeof ContainerExec>;

/** One path of `GET /containers/{id}/changes`, in the container's own file system: 0 modified, 1 added, 2 deleted. */
export const ContainerChange = z.object({ Path: text, Kind: number });
export type ContainerChange = z.infer<typeof ContainerChange>;

/** A container with all that was asked about it. A container that vanished in between is in `notes` instead. */
export const ContainerEntry = z.object({
  id: z.string(),
  /** Without the leading slash; the id's first twelve characters where the list gave no name. */
  name: z.string(),
  /** `State` of the list: created, running, paused, restarting, removing, exited, dead. */
  state: text,
  image: text,
  imageId: text,
  labels: textMap,
  inspect: part(ContainerInspect),
  stats: part(ContainerStats),
  processes: part(z.array(ContainerProcess)),
  execs: part(z.array(ContainerExec)),
  /** What differs from the image; absent where it was not asked for, since the engine has to compare layers. */
  changes: part(z.array(ContainerChange)).optional(),
  secretSightings: z.array(SecretSighting),
});
export type ContainerEntry = z.infer<typeof ContainerEntry>;
