import type { Actor, AuditEvent } from '@plimsoll/contracts';
import { newId } from '@plimsoll/persistence';
import type { Prisma, Transaction } from '@plimsoll/persistence';
import { canonicalJson } from './canonical-json.ts';
import { genesisHash, hashOf } from './chain.ts';
import { cleanJson, cleanText } from './clean-text.ts';

/** Somebody who is not signed in, acting on a tenant that is known: a failed login, a revoked key. */
export interface AnonymousActor {
  readonly kind: 'anonymous';
  readonly tenantId: string;
  /** What they called themselves, e.g. the email address of a failed login. */
  readonly name: string;
  readonly address: string | null;
  readonly requestId: string | null;
}

/** What of an actor an event keeps. */
export type AuditActor = Pick<Actor, 'kind' | 'id' | 'name' | 'tenantId' | 'address' | 'requestId'> | AnonymousActor;

export interface AuditEntry {
  /** `noun.verb-in-past`, e.g. `host.created`. */
  readonly action: string;
  readonly subject: { readonly kind: string; readonly id?: string | null; readonly name?: string | null };
  /** `failure`: tried and did not work; `refused`: not permitted. Default `success`. */
  readonly outcome?: AuditEvent['outcome'];
  /** Plain JSON for a reader: what changed, from what, to what. Never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Appends to tenants' audit logs. Holds nothing, so it can be made anywhere. */
export class AuditWriter {
  readonly #now: () => Date;

  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  /**
   * Appends one event to the log of the actor's tenant, inside the transaction of the change it tells of. Call it last:
   * from here on to the end of the transaction all other writers of this tenant's log wait.
   * @returns the event's id
   */
  async record(tx: Transaction, actor: AuditActor, entry: AuditEntry): Promise<string> {
    const { tenantId } = actor;
    const head = await lockHead(tx, tenantId);
    const event = { id: newId(), sequence: head.sequence + 1, at: this.#now(), ...describe(actor, entry) };
    const hash = hashOf(head.hash, { ...event, tenantId, at: event.at.toISOString() });
    const { actor: who, subject, details, ...columns } = event;
    await tx.auditEvent.create({
      data: {
        ...columns,
        tenantId,
        actorKind: who.kind,
        actorId: who.id,
        actorName: who.name,
        subjectKind: subject.kind,
        subjectId: subject.id,
        subjectName: subject.name,
        details,
        previousHash: head.hash,
        hash,
      },
      select: { id: true },
    });
    await tx.auditChain.update({
      where: { tenantId },
      data: { lastSequence: event.sequence, lastHash: hash },
      select: { tenantId: true },
    });
    return event.id;
  }
}

interface Head {
  readonly sequence: number;
  readonly hash: Uint8Array<ArrayBuffer>;
}

/** Makes the tenant's chain if it has none, and locks its head: one statement, so two first events can't both make it. */
const lockHead = async (tx: Transaction, tenantId: string): Promise<Head> => {
  const rows = await tx.$queryRaw<Head[]>`
    INSERT INTO audit_chains AS chain (tenant_id, last_sequence, last_hash) VALUES (${tenantId}::uuid, 0, ${genesisHash})
    ON CONFLICT (tenant_id) DO UPDATE SET last_sequence = chain.last_sequence
    RETURNING last_sequence AS sequence, last_hash AS hash`;
  const head = rows[0];
  if (head === undefined) throw new Error(`The audit chain of tenant ${tenantId} can not be locked`);
  return head;
};

const describe = (actor: AuditActor, entry: AuditEntry) => ({
  actor: { kind: actor.kind, id: actor.kind === 'anonymous' ? null : actor.id, name: cleanText(actor.name) },
  action: entry.action,
  subject: {
    kind: entry.subject.kind,
    id: textOrNull(entry.subject.id),
    name: textOrNull(entry.subject.name),
  },
  outcome: entry.outcome ?? 'success',
  address: textOrNull(actor.address),
  requestId: textOrNull(actor.requestId),
  details: plainJson(entry.details ?? {}),
});

const textOrNull = (text: string | null | undefined): string | null =>
  text === null || text === undefined ? null : cleanText(text);

/** Refuses what JSON would silently drop or change, since its hash could then not be computed again. */
const plainJson = (details: Readonly<Record<string, unknown>>): Prisma.JsonObject => {
  const parsed: Prisma.JsonObject = JSON.parse(canonicalJson(cleanJson(details)));
  return parsed;
};
