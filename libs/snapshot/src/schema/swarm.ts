import { z } from 'zod';
import { flag, lenient, lenientNullable, list, number, text, textList, textMap } from './lenient.ts';
import { part } from './part.ts';
import { EnvironmentVariable, SecretSighting } from './secret.ts';

export const SwarmNode = z.object({
  ID: text,
  Spec: lenient(z.object({ Role: text, Availability: text, Labels: textMap })),
  Description: lenient(
    z.object({
      Hostname: text,
      Platform: lenient(z.object({ Architecture: text, OS: text })),
      Engine: lenient(z.object({ EngineVersion: text })),
      TLSInfo: lenient(z.object({ TrustRoot: text })),
    }),
  ),
  Status: lenient(z.object({ State: text, Addr: text })),
  ManagerStatus: lenientNullable(z.object({ Leader: flag, Reachability: text, Addr: text })),
});
export type SwarmNode = z.infer<typeof SwarmNode>;

const SwarmMount = z.object({
  Type: text,
  Source: text,
  Target: text,
  ReadOnly: flag,
  BindOptions: lenientNullable(z.object({ Propagation: text, NonRecursive: flag })),
  VolumeOptions: lenientNullable(
    z.object({ DriverConfig: lenientNullable(z.object({ Name: text, Options: textMap })) }),
  ),
});

export const SwarmService = z.object({
  ID: text,
  CreatedAt: text,
  UpdatedAt: text,
  Spec: lenient(
    z.object({
      Name: text,
      Labels: textMap,
      Mode: lenient(
        z.object({
          Replicated: lenientNullable(z.object({ Replicas: number })),
          Global: lenientNullable(z.object({})),
        }),
      ),
      TaskTemplate: lenient(
        z.object({
          ContainerSpec: lenientNullable(
            z.object({
              Image: text,
              User: text,
              ReadOnly: flag,
              Args: textList,
              Command: textList,
              CapabilityAdd: textList,
              CapabilityDrop: textList,
              environment: lenient(z.array(EnvironmentVariable)),
              Mounts: list(SwarmMount),
              Privileges: lenientNullable(
                z.object({
                  NoNewPrivileges: flag,
                  SELinuxContext: lenientNullable(z.object({ Disable: flag })),
                  Seccomp: lenientNullable(z.object({ Mode: text })),
                  AppArmor: lenientNullable(z.object({ Mode: text })),
                }),
              ),
              Secrets: list(z.object({ SecretID: text, SecretName: text })),
              Configs: list(z.object({ ConfigID: text, ConfigName: text })),
              Sysctls: textMap,
            }),
          ),
          Resources: lenientNullable(
            z.object({ Limits: lenientNullable(z.object({ NanoCPUs: number, MemoryBytes: number, Pids: number })) }),
          ),
          RestartPolicy: lenientNullable(z.object({ Condition: text, MaxAttempts: number, Window: number })),
          Placement: lenientNullable(z.object({ Constraints: textList })),
          /** Ids or names. */
          Networks: list(z.object({ Target: text })),
          /** `container` (or left out), `plugin`. */
          Runtime: text,
        }),
      ),
    }),
  ),
  /** What `docker service rollback` goes back to; kept and shown by the engine. */
  PreviousSpec: lenientNullable(
    z.object({
      TaskTemplate: lenient(
        z.object({
          ContainerSpec: lenientNullable(
            z.object({ Args: textList, Command: textList, environment: lenient(z.array(EnvironmentVariable)) }),
          ),
        }),
      ),
    }),
  ),
  Endpoint: lenient(
    z.object({
      Ports: list(z.object({ Protocol: text, TargetPort: number, PublishedPort: number, PublishMode: text })),
    }),
  ),
  secretSightings: z.array(SecretSighting).optional(),
});
export type SwarmService = z.infer<typeof SwarmService>;

export const SwarmTask = z.object({
  ID: text,
  NodeID: text,
  ServiceID: text,
  Slot: number,
  DesiredState: text,
  Status: lenient(z.object({ State: text, Err: text, Timestamp: text })),
});
export type SwarmTask = z.infer<typeof SwarmTask>;

/** Names and dates only: payloads are dropped before anything else sees them. */
export const SwarmSecret = z.object({ ID: text, name: text, driver: text, CreatedAt: text, UpdatedAt: text });
export const SwarmConfig = z.object({ ID: text, name: text, CreatedAt: text, UpdatedAt: text, secretDetector: text });

/** Objects of a swarm, on a manager; elsewhere every part is missing with `not-supported`. */
export const SwarmObjects = z.object({
  nodes: part(z.array(SwarmNode)),
  services: part(z.array(SwarmService)),
  tasks: part(z.array(SwarmTask)),
  secrets: part(z.array(SwarmSecret)),
  configs: part(z.array(SwarmConfig)),
});
export type SwarmObjects = z.infer<typeof SwarmObjects>;
