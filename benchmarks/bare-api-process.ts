/**
 * What the API is compared with: Fastify and `pg`, one query per request, and the same body by `JSON.stringify`. No
 * authentication, no tenant's policies, no limits, no log, nothing validated. Arguments: connection string and tenant.
 */
import { catalogue } from '@plimsoll/checks';
import fastify from 'fastify';
import pg from 'pg';
import { listFindings, listHosts, readHost } from './bare-api-queries.ts';

const [connectionString, tenantId] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: connectionString ?? '', max: 10 });
const limit = 50;
const cisOf = new Map(catalogue.map(({ id, cis }) => [id, cis ?? {}]));

interface HostRow {
  id: string;
  name: string;
  labels: string[];
  [column: string]: unknown;
}
interface FindingRow {
  id: string;
  check: string;
  priority: number;
  [column: string]: unknown;
}

const hostOf = (row: HostRow) => {
  const { subject, issuer, notAfter, fingerprint256, authorityNotAfter, ...host } = row;
  const { state, reason, detail, nextStep, checkedAt, critical, high, medium, low, info, ...rest } = host;
  return {
    ...rest,
    labels: Object.fromEntries(row.labels.map((label) => label.split('=', 2))),
    credential: fingerprint256 === null ? null : { subject, issuer, notAfter, fingerprint256, authorityNotAfter },
    reachability: { state, reason, detail, nextStep, checkedAt },
    counts: { critical, high, medium, low, info },
  };
};

const findingOf = ({ kind, subjectName, priority: _priority, ...finding }: FindingRow) => ({
  ...finding,
  cis: cisOf.get(finding.check),
  subject: { kind, name: subjectName },
});

const cursorOf = (position: readonly unknown[]): string => Buffer.from(JSON.stringify(position)).toString('base64url');

const app = fastify({ logger: false });

app.get('/v1/hosts', async () => {
  const { rows } = await pool.query<HostRow>(listHosts, [tenantId, limit + 1]);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor = last === undefined || rows.length <= limit ? null : cursorOf(['hosts:name', last.name, last.id]);
  return { items: shown.map(hostOf), nextCursor };
});

app.get<{ Params: { id: string } }>('/v1/hosts/:id', async ({ params }) => {
  const { rows } = await pool.query<HostRow>(readHost, [tenantId, params.id]);
  return rows.map(hostOf)[0];
});

app.get('/v1/findings', async () => {
  const { rows } = await pool.query<FindingRow>(listFindings, [tenantId, limit + 1]);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor =
    last === undefined || rows.length <= limit ? null : cursorOf(['findings:severity', last.priority, last.id]);
  return { items: shown.map(findingOf), nextCursor };
});

const url = await app.listen({ host: '127.0.0.1', port: 0 });
process.send?.({ url });
process.on('disconnect', () => process.exit(0));
