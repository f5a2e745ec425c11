import type { TestDatabase } from '@plimsoll/persistence/testing';

/** Every table whose rows belong to a tenant, with the column that says to which. Read from the catalogue. */
export const tenantTables = async (database: TestDatabase): Promise<{ table: string; column: string }[]> =>
  database.asOwner<{ table: string; column: string }>(
    `SELECT c.relname AS table, a.attname AS column
     FROM pg_class c
     JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
       AND (a.attname = 'tenant_id' OR (c.relname = 'tenants' AND a.attname = 'id'))
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
     ORDER BY c.relname`,
  );

/** A digest of a tenant's rows by table, but for the columns that only say when something was used. */
export const digestOf = async (database: TestDatabase, tenantId: string): Promise<Record<string, string>> => {
  const digests: Record<string, string> = {};
  for (const { table, column } of await tenantTables(database)) {
    const [row] = await database.asOwner<{ digest: string }>(
      `SELECT count(*) || ' rows, ' || md5(coalesce(string_agg(r, ',' ORDER BY r), '')) AS digest
       FROM (SELECT (to_jsonb(t) - 'last_used_at')::text AS r FROM "${table}" t WHERE $1::uuid = "${column}") AS rows`,
      [tenantId],
    );
    digests[table] = row?.digest ?? '';
  }
  return digests;
};

/** Every UUID in a tenant's rows: ids, and the e-mail addresses and names that tests make of them. */
export const uuidsOf = async (database: TestDatabase, tenantId: string): Promise<Set<string>> => {
  const found = new Set<string>();
  for (const { table, column } of await tenantTables(database)) {
    const rows = await database.asOwner<{ id: string }>(
      `SELECT DISTINCT (regexp_matches(t::text, '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}', 'g'))[1] AS id
       FROM "${table}" t WHERE $1::uuid = "${column}"`,
      [tenantId],
    );
    for (const { id } of rows) found.add(id);
  }
  return found;
};

/** Those of the ids that a text holds. */
export const idsIn = (text: string, ids: ReadonlySet<string>): string[] =>
  [...new Set(text.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g))].filter((id) => ids.has(id));
