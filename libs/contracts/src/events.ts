import { z } from 'zod';
import { SeverityCounts } from './hosts.ts';
import { Timestamp, Uuid } from './text.ts';
import { Severity, SubjectKind } from './vocabulary.ts';

export const eventTypes = [
  'scan.completed',
  'scan.failed',
  'host.unreachable',
  'finding.opened',
  'finding.fixed',
  'finding.reopened',
  'webhook.ping',
  'webhook.disabled',
] as const;
export const EventType = z.enum(eventTypes).meta({ id: 'EventType' });
export type EventType = z.infer<typeof EventType>;
/** What an endpoint may subscribe to; pings go where they are asked for. */
export const SubscribableEventType = EventType.exclude(['webhook.ping']);

const host = z.strictObject({ id: Uuid, name: z.string(), simulated: z.boolean() });
const findings = z.strictObject({
  host,
  scanId: Uuid,
  total: z.int(),
  /** The worst hundred; the rest is behind `url`. */
  findings: z.array(
    z.strictObject({
      id: Uuid,
      check: z.string(),
      title: z.string(),
      severity: Severity,
      subject: z.strictObject({ kind: SubjectKind, name: z.string() }),
      reason: z.string(),
    }),
  ),
  url: z.string(),
});

/** `data` of each event; the many findings of one scan arrive as one message. */
export const eventData = {
  'scan.completed': z.strictObject({
    host,
    scanId: Uuid,
    state: z.enum(['succeeded', 'partial']),
    score: z.int().nullable(),
    counts: SeverityCounts,
    opened: z.int(),
    fixed: z.int(),
    reopened: z.int(),
    durationMs: z.int(),
    url: z.string(),
  }),
  'scan.failed': z.strictObject({
    host,
    scanId: Uuid,
    reason: z.string(),
    detail: z.string(),
    nextStep: z.string().nullable(),
    url: z.string(),
  }),
  'host.unreachable': z.strictObject({
    host,
    reason: z.string(),
    detail: z.string(),
    nextStep: z.string().nullable(),
    url: z.string(),
  }),
  'finding.opened': findings,
  'finding.fixed': findings,
  'finding.reopened': findings,
  'webhook.ping': z.strictObject({ message: z.string() }),
  'webhook.disabled': z.strictObject({ endpointId: Uuid, url: z.string(), reason: z.string() }),
} as const satisfies Record<EventType, z.ZodType>;
export type EventData<Type extends EventType> = z.infer<(typeof eventData)[Type]>;

/** The body of a webhook, as Standard Webhooks lays it down. */
export const EventEnvelope = z
  .strictObject({ type: EventType, timestamp: Timestamp, data: z.record(z.string(), z.unknown()) })
  .meta({ id: 'EventEnvelope' });
