import { z } from 'zod';

/**
 * The answers of one Docker Engine at one moment. Keys of `answers` are paths without the version, with the query
 * only where it matters to a reader (`/containers/json`), values are the bodies as the engine sent them.
 */
export const EngineRecording = z.object({
  /** Where it comes from, for those who read it later. */
  origin: z.string(),
  apiVersion: z.string(),
  minimumApiVersion: z.string(),
  /** The `Server` header, e.g. `Docker/20.10.24+dfsg1 (linux)`. */
  server: z.string(),
  /** Other headers of `GET /_ping`, e.g. Podman's `Libpod-API-Version`. */
  headers: z.record(z.string(), z.string()).optional(),
  answers: z.record(z.string(), z.unknown()),
});
export type EngineRecording = z.infer<typeof EngineRecording>;

/** A label in `/info` that every simulated engine carries, whoever looks. */
export const simulatedLabel = 'plimsoll.simulated=true';

/** A copy whose engine says of itself that it is simulated. */
export const labelledAsSimulated = (recording: EngineRecording): EngineRecording => {
  const info = recording.answers['/info'];
  if (typeof info !== 'object' || info === null) return recording;
  const labels: unknown = Reflect.get(info, 'Labels');
  const others = Array.isArray(labels) ? labels.filter((label) => label !== simulatedLabel) : [];
  return {
    ...recording,
    answers: { ...recording.answers, '/info': { ...info, Labels: [...others, simulatedLabel] } },
  };
};
