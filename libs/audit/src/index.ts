export { AuditReader } from './audit-reader.ts';
export { AuditWriter } from './audit-writer.ts';
export type { AnonymousActor, AuditActor, AuditEntry } from './audit-writer.ts';
export { verifyChain } from './verify-chain.ts';
