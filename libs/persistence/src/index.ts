export { createDatabase, Database } from './database.ts';
export type { DatabaseOptions, Transaction, TransactionOptions } from './database.ts';
export { isConflict, isUniqueViolation } from './database-error.ts';
export { openEmbeddedPostgres } from './embedded/open-embedded-postgres.ts';
export { startEmbeddedPostgres } from './embedded/start-embedded-postgres.ts';
export type { EmbeddedPostgres, EmbeddedPostgresOptions } from './embedded/start-embedded-postgres.ts';
export * from './generated/enums.ts';
export { Prisma } from './generated/client.ts';
export type * from './generated/client.ts';
export { newId } from './id.ts';
export { JsonTooLarge, compressJson, decompressJson } from './json-compression.ts';
export type { CompressedJson } from './json-compression.ts';
export { keysetOf, newestFirst, pageOfRows, readCursor, timeOf } from './keyset.ts';
export type { KeysetOrder, KeysetPosition, NewestFirst, SqlKeyset, SqlKeysetOrder } from './keyset.ts';
export { appRoleOf, appUrlOf, deriveAppRole } from './migration/app-role.ts';
export type { AppRole } from './migration/app-role.ts';
export { DATA_VERSION, migrate } from './migration/migrate.ts';
export type { MigrateOptions, MigrateResult } from './migration/migrate.ts';
export { Notifications } from './notifications.ts';
export type { NotificationListener, NotificationsOptions } from './notifications.ts';
export { assertMigrated } from './migration/migration-state.ts';
export { outbox, OUTBOX_CHANNEL } from './outbox.ts';
export type { OutboxEvent } from './outbox.ts';
export { PersistenceError } from './persistence-error.ts';
export type { PersistenceErrorCode } from './persistence-error.ts';
export { Platform } from './platform.ts';
export type {
  Backlog,
  ClaimedOutboxMessage,
  DueDelivery,
  FoundApiKey,
  FoundRefreshToken,
  LoginAccount,
  PurgedCounts,
  RawClient,
  RotatedRefreshToken,
  SetAsideMessage,
  StalledScan,
} from './platform.ts';
export { appendScanEvent, SCAN_EVENTS_CHANNEL } from './scan-events.ts';
export type { NewScanEvent } from './scan-events.ts';
