export { bigTables, fillBigTables, known } from './big-tables.ts';
export { aFinding, aHost, aScan, aTenant, aUser } from './builders.ts';
export { createTestDatabase } from './test-database.ts';
export type { TestDatabase } from './test-database.ts';
