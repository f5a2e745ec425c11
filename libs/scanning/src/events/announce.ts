import { type EventData, type EventType, eventData, severities } from '@plimsoll/contracts';
import { type Transaction, outbox } from '@plimsoll/persistence';

/** The type of the message that asks for a scan; not an event that webhooks may carry. */
export const scanRequested = 'scan.requested';

type AnnouncedType = Exclude<EventType, 'webhook.ping' | 'webhook.disabled'>;

/** Writes an event beside the change it tells of; it leaves when, and only if, the transaction commits. */
export const announce = async <Type extends AnnouncedType>(
  tx: Transaction,
  tenantId: string,
  type: Type,
  data: EventData<Type>,
): Promise<void> => {
  await outbox.append(tx, { tenantId, type, payload: eventData[type].parse(data) });
};

/** Where a reader finds the thing, as a path of the console. */
export const pathOf = {
  host: (hostId: string): string => `/hosts/${hostId}`,
  scan: (hostId: string, scanId: string): string => `/hosts/${hostId}/scans/${scanId}`,
  findings: (hostId: string): string => `/findings?hostId=${hostId}`,
};

/** What an event names at most; the rest is behind its `url`. */
const announcedFindingsLimit = 100;

type AnnouncedFinding = EventData<'finding.opened'>['findings'][number];

/** The many findings of one scan as one message; nothing where there are none. */
export const announceFindings = async (
  tx: Transaction,
  tenantId: string,
  type: 'finding.opened' | 'finding.fixed' | 'finding.reopened',
  context: Pick<EventData<'finding.opened'>, 'host' | 'scanId'>,
  findings: readonly AnnouncedFinding[],
): Promise<void> => {
  if (findings.length === 0) return;
  const worst = findings.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  await announce(tx, tenantId, type, {
    ...context,
    total: findings.length,
    findings: worst.slice(0, announcedFindingsLimit),
    url: pathOf.findings(context.host.id),
  });
};
