import { z } from 'zod';
import { flag, lenient, lenientNullable, text, textMap } from './lenient.ts';

/** `GET /networks` with `Containers` of `GET /networks/{id}`. */
export const EngineNetwork = z.object({
  Id: text,
  Name: text,
  Scope: text,
  Driver: text,
  EnableIPv6: flag,
  Internal: flag,
  Attachable: flag,
  Ingress: flag,
  /** True for a network that only holds the node's part of swarm-scoped ones, which name it in `ConfigFrom`. */
  ConfigOnly: flag,
  ConfigFrom: lenient(z.object({ Network: text })),
  Options: textMap,
  Labels: textMap,
  Containers: lenientNullable(z.record(z.string(), z.object({ Name: text, IPv4Address: text, IPv6Address: text }))),
});
export type EngineNetwork = z.infer<typeof EngineNetwork>;

/** `Volumes[]` of `GET /volumes`; credentials inside `Options.o` are redacted. */
export const EngineVolume = z.object({
  Name: text,
  Driver: text,
  Mountpoint: text,
  Scope: text,
  CreatedAt: text,
  Labels: textMap,
  Options: textMap,
});
export type EngineVolume = z.infer<typeof EngineVolume>;
