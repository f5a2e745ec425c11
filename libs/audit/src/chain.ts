import { createHash } from 'node:crypto';
import type { AuditEvent } from '@plimsoll/contracts';
import { canonicalJson } from './canonical-json.ts';

/** What an event's hash covers: all that is stored of it, beside the tenant and the hash of the event before. */
export interface ChainedEvent extends Omit<AuditEvent, 'hash'> {
  readonly tenantId: string;
}

/** The hash "before" a tenant's first event. */
export const genesisHash: Uint8Array<ArrayBuffer> = new Uint8Array(32);

/** SHA-256 over the hash of the event before and the canonical JSON of this one. */
export const hashOf = (previousHash: Uint8Array, event: ChainedEvent): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(createHash('sha256').update(previousHash).update(canonicalJson(event), 'utf8').digest());
