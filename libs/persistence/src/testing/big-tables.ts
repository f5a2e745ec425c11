import type { TestDatabase } from './test-database.ts';

/** The tables that grow; each gets 100,000 rows. */
export const bigTables: readonly string[] = [
  'hosts',
  'findings',
  'scans',
  'scan_events',
  'audit_events',
  'webhook_deliveries',
  'host_answers',
  'webhook_endpoints',
  'users',
  'memberships',
  'api_keys',
];

const rowsPerTable = 100_000;
const tenants = 20;

/** The kinds of things, each with a digit of its own in its ids. */
const kinds = [
  'tenant',
  'host',
  'finding',
  'scan',
  'audit',
  'delivery',
  'endpoint',
  'event',
  'actor',
  'answer',
  'user',
  'key',
] as const;
type Kind = (typeof kinds)[number];

/** Ids grow with the number, as real ones grow with time. */
function prefixOf(kind: Kind): string {
  return `0190000${kinds.indexOf(kind).toString(16)}-0000-7000-8000-`;
}

function idOf(kind: Kind, number: number): string {
  return `${prefixOf(kind)}${number.toString(16).padStart(12, '0')}`;
}

function idSql(kind: Kind, number: string): string {
  return `('${prefixOf(kind)}' || lpad(to_hex(${number}), 12, '0'))::uuid`;
}

/** What a test can ask for: things of the first tenant. */
export const known = {
  tenantId: idOf('tenant', 0),
  hostId: idOf('host', 0),
  scanId: idOf('scan', 0),
  endpointId: idOf('endpoint', 0),
  actorId: idOf('actor', 0),
  /** A question of the catalogue, since only those are answered. */
  answeredCheckId: 'host-hardening-standard',
  rowsOfTenant: rowsPerTable / tenants,
};

/**
 * Fills a test database past its policies and triggers. Row `n` belongs to tenant `n % 20`; ids are made of kind
 * and number, so that rows can refer to each other without being read.
 */
export async function fillBigTables(db: TestDatabase): Promise<void> {
  const tenant = idSql('tenant', `n % ${tenants}`);
  const time = `timestamptz '2026-01-01' + n * interval '4 minutes'`;
  const series = `generate_series(0, ${rowsPerTable - 1}) AS n`;
  const hash = `'\\x00'::bytea`;
  await db.asOwner(`
    SET session_replication_role = replica;
    INSERT INTO tenants (id, name, slug, updated_at)
      SELECT ${idSql('tenant', 'n')}, 'Tenant ' || n, 'tenant-' || n, now() FROM generate_series(0, ${tenants - 1}) AS n;
    INSERT INTO hosts (id, tenant_id, name, address, labels, score, last_scan_at, created_at, updated_at)
      SELECT ${idSql('host', 'n')}, ${tenant}, 'host-' || lpad((n / ${tenants})::text, 5, '0'), 'tcp://h:2376',
             ARRAY['env=' || CASE n % 3 WHEN 0 THEN 'prod' ELSE 'test' END],
             CASE WHEN n % 10 = 0 THEN NULL ELSE n % 101 END, ${time}, ${time}, now() FROM ${series};
    INSERT INTO findings (id, tenant_id, host_id, check_id, fingerprint, severity, theme, priority, status, subject_kind,
                          subject_name, title, reason, opened_at, last_seen_at)
      SELECT ${idSql('finding', 'n')}, ${tenant}, ${idSql('host', `n % 2000`)}, 'check-' || n / ${tenants} % 60, 'f-' || n,
             (ARRAY['info', 'low', 'medium', 'high', 'critical'])[1 + n / ${tenants} % 5], (ARRAY['images', 'host', 'namespaces'])[1 + n / ${tenants} % 3],
             n / ${tenants} % 500,
             CASE WHEN n % 7 = 0 THEN 'fixed' ELSE 'open' END, 'container', 'c', 'title', 'reason',
             ${time}, ${time} FROM ${series};
    INSERT INTO scans (id, tenant_id, host_id, state, queued_at)
      SELECT ${idSql('scan', 'n')}, ${tenant}, ${idSql('host', 'n % 2000')},
             (ARRAY['succeeded', 'partial', 'failed'])[1 + n / ${tenants} % 3], ${time} FROM ${series};
    INSERT INTO scan_events (tenant_id, scan_id, sequence, type, data)
      SELECT ${idSql('tenant', `n / 20 % ${tenants}`)}, ${idSql('scan', 'n / 20')}, 1 + n % 20, 'progress', '{}' FROM ${series};
    INSERT INTO audit_events (id, tenant_id, sequence, at, actor_kind, actor_id, actor_name, action, subject_kind,
                              subject_id, outcome, previous_hash, hash)
      SELECT ${idSql('audit', 'n')}, ${tenant}, 1 + n / ${tenants}, ${time}, 'user', ${idSql('actor', `n / ${tenants} % 7`)},
             'Ada', 'action-' || n / ${tenants} % 11, 'kind-' || n / ${tenants} % 300,
             'subject-' || n / ${tenants} % 13, (CASE WHEN n / ${tenants} % 300 = 7 THEN 'refused' ELSE 'success' END)::audit_outcome, ${hash}, ${hash} FROM ${series};
    INSERT INTO webhook_deliveries (id, tenant_id, endpoint_id, event_id, event_type, payload, state, created_at)
      SELECT ${idSql('delivery', 'n')}, ${tenant}, ${idSql('endpoint', `n % ${tenants}`)}, ${idSql('event', 'n')},
             CASE WHEN n / ${tenants} % 300 = 7 THEN 'scan.failed' ELSE 'scan.completed' END, '{}', CASE WHEN n / ${tenants} % 50 = 0 THEN 'failed' ELSE 'delivered' END, ${time} FROM ${series};
    INSERT INTO host_answers (id, tenant_id, host_id, check_id, outcome, reason, author_name, answered_at, valid_until,
                              ended_at, end_reason)
      SELECT ${idSql('answer', 'n')}, ${tenant}, ${idSql('host', `n % ${tenants}`)}, 
             CASE n / ${tenants} % 50 WHEN 7 THEN '${known.answeredCheckId}' ELSE 'check' END, 'pass',
             'reason', 'Ada', ${time}, ${time} + interval '1 year', ${time}, 'replaced' FROM ${series};
    INSERT INTO webhook_endpoints (id, tenant_id, url, encrypted_secret, data_key_id, created_at, updated_at)
      SELECT ${idSql('endpoint', 'n')}, ${tenant}, 'https://example.com', ${hash}, ${idSql('key', 'n')}, ${time}, now()
      FROM ${series};
    INSERT INTO users (id, email, name, updated_at)
      SELECT ${idSql('user', 'n')}, 'user-' || n || '@example.com', 'User ' || n, now() FROM ${series};
    INSERT INTO memberships (tenant_id, user_id, role, created_at, updated_at)
      SELECT ${tenant}, ${idSql('user', 'n')}, 'viewer', ${time}, now() FROM ${series};
    INSERT INTO api_keys (id, tenant_id, name, prefix, hash, role, created_at)
      SELECT ${idSql('key', 'n')}, ${tenant}, 'key', 'prefix-' || n, ${hash}, 'viewer', ${time} FROM ${series};
    SET session_replication_role = origin;
    ANALYZE`);
}
