import type { HostQuery } from '@plimsoll/contracts';
import { type Database, Prisma, type SqlKeysetOrder, keysetOf } from '@plimsoll/persistence';
import type { z } from 'zod';
import { type HostRead, readHostRows } from './host-row.ts';

type Query = z.output<typeof HostQuery>;
type SortKey = 'name' | 'score' | 'createdAt' | 'lastScanAt';

const columns: Readonly<Record<SortKey, Pick<SqlKeysetOrder, 'column' | 'type' | 'nullable'>>> = {
  name: { column: 'h.name', type: 'text' },
  score: { column: 'h.score', type: 'integer', nullable: true },
  createdAt: { column: 'h.created_at', type: 'timestamptz' },
  lastScanAt: { column: 'h.last_scan_at', type: 'timestamptz', nullable: true },
};

export const hostOrderOf = (sort: Query['sort']): SqlKeysetOrder & { readonly key: SortKey } => {
  const descending = sort.startsWith('-');
  const key = sort.replace(/^-/, '');
  if (!isSortKey(key)) throw new TypeError(`Hosts can not be ordered by ${sort}`);
  return { ...columns[key], key, name: `hosts:${sort}`, idColumn: 'h.id', descending };
};
const isSortKey = (key: string): key is SortKey => key in columns;

/** Reads one host more than asked for. */
export const readHosts = (database: Database, tenantId: string, query: Query): Promise<HostRead[]> => {
  const { orderBy, after } = keysetOf(hostOrderOf(query.sort), query.cursor);
  const condition = Prisma.sql`h.tenant_id = ${tenantId}::uuid AND ${after} AND ${filterOf(query)}`;
  return readHostRows(database, tenantId, Prisma.sql`WHERE ${condition} ORDER BY ${orderBy} LIMIT ${query.limit + 1}`);
};

const filterOf = ({ search, label, state }: Query): Prisma.Sql => {
  const conditions = (label ?? '')
    .split(',')
    .flatMap((wanted) => (wanted.trim() === '' ? [] : [withLabel(wanted.trim())]));
  if (state !== undefined) conditions.push(Prisma.sql`h.reachability::text = ${state}`);
  // By position and not by pattern: what somebody types is no pattern.
  if (search !== undefined) {
    conditions.push(
      Prisma.sql`(strpos(lower(h.name), lower(${search})) > 0 OR strpos(lower(h.address), lower(${search})) > 0)`,
    );
  }
  return conditions.length === 0 ? Prisma.sql`TRUE` : Prisma.join(conditions, ' AND ');
};

const withLabel = (wanted: string): Prisma.Sql =>
  wanted.includes('=')
    ? Prisma.sql`h.labels @> ARRAY[${wanted}]::text[]`
    : Prisma.sql`EXISTS (SELECT 1 FROM unnest(h.labels) AS one WHERE starts_with(one, ${`${wanted}=`}))`;
