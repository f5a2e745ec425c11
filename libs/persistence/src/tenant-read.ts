import pg from 'pg';

/** What a query may be given; an array becomes one of PostgreSQL's. */
export type ReadValue = string | number | boolean | Date | null | readonly (string | number)[];

/** Local to the transaction, as in every other one of a tenant; and nothing can be written in this one. */
const scope = `SELECT set_config('app.tenant_id', $1, true), set_config('app.user_id', '', true), set_config('transaction_read_only', 'on', true)`;

/**
 * Names of prepared statements: planning takes longer than reading a page does. The texts are our own and few; should a
 * filter make many of them, the later ones go without a name.
 */
const statementNames = new Map<string, string>([[scope, 'plimsoll_scope']]);
const mostNames = 100;

const nameOf = (text: string): string => {
  const known = statementNames.get(text);
  if (known !== undefined) return known;
  if (statementNames.size >= mostNames) return '';
  const name = `plimsoll_read_${statementNames.size}`;
  statementNames.set(text, name);
  return name;
};

/** What each connection has been told; after a failure it is given up with its connection. */
const preparedOn = new WeakMap<pg.Connection, Set<string>>();

interface FieldDescription {
  readonly name: string;
  readonly dataTypeID: number;
}

/**
 * One query that sees one tenant, in one round trip: the setting and the query go out together, and what PostgreSQL gets
 * before one Sync is one transaction (protocol: "Extended Query", "Pipelining"). BEGIN, setting, query and COMMIT in turn
 * would be four trips, which is most of what a read costs. Where the setting fails, the query is not run.
 */
export class TenantRead implements pg.Submittable {
  readonly rows: Promise<Record<string, unknown>[]>;
  readonly #tenantId: string;
  readonly text: string;
  readonly values: readonly ReadValue[];
  readonly #settle = Promise.withResolvers<Record<string, unknown>[]>();
  #results: Record<string, unknown>[] = [];
  #fields: { readonly name: string; readonly parse: (text: string) => unknown }[] = [];
  /** Rows begin as a copy of it: objects that grow field by field are slow to make and to read. */
  #emptyRow: Record<string, unknown> = {};
  #failure: unknown;
  #prepared: Set<string> | undefined;

  constructor(tenantId: string, text: string, values: readonly ReadValue[]) {
    this.#tenantId = tenantId;
    this.text = text;
    this.values = values;
    this.rows = this.#settle.promise;
  }

  submit(connection: pg.Connection): void {
    const { stream } = connection;
    const prepared = preparedOn.get(connection) ?? new Set<string>();
    preparedOn.set(connection, prepared);
    this.#prepared = prepared;
    stream.cork(); // one packet
    try {
      send(connection, prepared, scope, [this.#tenantId]);
      send(connection, prepared, this.text, this.values);
      connection.sync();
    } finally {
      stream.uncork();
    }
  }

  /** Comes once for the setting and once for the query, whose rows are the last ones. */
  handleRowDescription({ fields }: { readonly fields: readonly FieldDescription[] }): void {
    this.#results = [];
    this.#fields = fields.map(({ name, dataTypeID }) => ({ name, parse: pg.types.getTypeParser(dataTypeID, 'text') }));
    this.#emptyRow = Object.fromEntries(fields.map(({ name }) => [name, null]));
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const row = { ...this.#emptyRow };
    try {
      let index = 0;
      for (const { name, parse } of this.#fields) {
        const text = fields[index++];
        if (text !== null && text !== undefined) row[name] = parse(text);
      }
      this.#results.push(row);
    } catch (error) {
      this.#failure ??= error;
    }
  }

  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}

  handleError(error: unknown): void {
    this.#settle.reject(error);
  }

  handleReadyForQuery(): void {
    if (this.#failure !== undefined) {
      this.#settle.reject(this.#failure);
      return;
    }
    for (const text of [scope, this.text]) this.#prepared?.add(nameOf(text));
    this.#settle.resolve(this.#results);
  }
}

const send = (
  connection: pg.Connection,
  prepared: ReadonlySet<string>,
  text: string,
  values: readonly ReadValue[],
): void => {
  const name = nameOf(text);
  if (name === '' || !prepared.has(name)) connection.parse({ name, text, types: [] }, true);
  connection.bind({ statement: name, values: values.map(wireText) }, true);
  connection.describe({ type: 'P', name: '' }, true);
  connection.execute({}, true);
};

const wireText = (value: ReadValue): string | null => {
  if (value === null || typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? `{${value.map(arrayItem).join(',')}}` : String(value);
};

const arrayItem = (item: string | number): string =>
  typeof item === 'number' ? String(item) : `"${item.replaceAll(/["\\]/g, '\\$&')}"`;
