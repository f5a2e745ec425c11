import pg from 'pg';

/** `tenant_id = $1` as Prisma and hand-written SQL have it, and the tenant's own row. Joins compare columns and stay. */
const conditions = [
  /(?:"?\w+"?\.)*"?tenant_id"? = (\$\d+)(?:::uuid)?/g,
  /"public"\."tenants"\."id" = (\$\d+)/g,
  /(?<=FROM tenants WHERE )id = (\$\d+)::uuid/g,
];

/** The application's own conditions on the tenant, taken out of every statement of this process. */
export interface TenantFilter {
  /** How many conditions were taken out so far. */
  readonly removed: number;
  switchOn(): void;
}

/**
 * Switches the application's own tenant filter off: statements reach PostgreSQL without it, so that row-level security
 * stands alone. A condition is replaced by one that is always true and still uses its parameter.
 */
export const switchTenantFilterOff = (): TenantFilter => {
  const original: unknown = Reflect.get(pg.Connection.prototype, 'parse');
  if (typeof original !== 'function') throw new Error('pg sends its statements by other means now');
  const filter = {
    removed: 0,
    switchOn: () => {
      Reflect.set(pg.Connection.prototype, 'parse', original);
    },
  };
  const strip = (text: string): string =>
    conditions.reduce(
      (rest, condition) =>
        rest.replaceAll(condition, (_match, parameter: string) => {
          filter.removed += 1;
          return `${parameter}::uuid IS NOT NULL`;
        }),
      text,
    );
  // Every statement with parameters passes here, whoever has made it: Prisma, its raw queries, or ours past it.
  Reflect.set(pg.Connection.prototype, 'parse', function parse(this: pg.Connection, statement: { text: string }) {
    return Reflect.apply(original, this, [{ ...statement, text: strip(statement.text) }]) as unknown;
  });
  return filter;
};
