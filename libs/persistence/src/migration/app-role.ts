import { createHmac, createHash, hkdfSync, pbkdf2Sync, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { PersistenceError } from '../persistence-error.ts';

/** The role that API and worker log in as: it owns nothing and is bound by every policy. */
export interface AppRole {
  readonly name: string;
  readonly password: string;
}

const defaultRoleName = 'plimsoll_app';

/**
 * The application's role for an owner's connection string: its password is derived from the owner's, so that a single
 * `DATABASE_URL` is enough and nothing more has to be kept.
 */
export function deriveAppRole(ownerUrl: string): AppRole {
  const { password, username } = new URL(ownerUrl);
  if (password === '') {
    throw new PersistenceError(
      'database-role-refused',
      "DATABASE_URL holds no password from which that of the application's role could be derived.",
      'Give the application its own connection in PLIMSOLL_APP_DATABASE_URL.',
    );
  }
  const secret = decodeURIComponent(password);
  const derived = hkdfSync('sha256', secret, decodeURIComponent(username), 'plimsoll application role', 32);
  return { name: defaultRoleName, password: Buffer.from(derived).toString('base64url') };
}

/** The owner's connection string with the application's role in the owner's place. */
export function appUrlOf(ownerUrl: string, appRole: AppRole): string {
  const url = new URL(ownerUrl);
  url.username = encodeURIComponent(appRole.name);
  url.password = encodeURIComponent(appRole.password);
  return url.toString();
}

/** The role that a connection string logs in as. */
export function appRoleOf(appUrl: string): AppRole {
  const { username, password } = new URL(appUrl);
  return { name: decodeURIComponent(username), password: decodeURIComponent(password) };
}

/** Makes the role, or mends it: a login that can do nothing by itself, with this password. */
export async function ensureAppRole(owner: pg.Client, appRole: AppRole): Promise<void> {
  const name = owner.escapeIdentifier(appRole.name);
  const { rows } = await owner.query<{ rolsuper: boolean; rolbypassrls: boolean; is_us: boolean }>(
    'SELECT rolsuper, rolbypassrls, rolname = current_user AS is_us FROM pg_roles WHERE rolname = $1',
    [appRole.name],
  );
  const existing = rows[0];
  if (existing?.is_us === true || existing?.rolsuper === true || existing?.rolbypassrls === true) {
    throw new PersistenceError(
      'database-role-refused',
      `The role ${appRole.name} could see the rows of every tenant: it is the owner, a superuser or bypasses row-level security.`,
      'Name another role in PLIMSOLL_APP_DATABASE_URL; Plimsoll makes it if it does not exist.',
    );
  }
  try {
    await retryConcurrentUpdate(async () => {
      if (existing === undefined) {
        await owner.query(`CREATE ROLE ${name} LOGIN`).catch(ignoreDuplicate);
      }
      await owner.query(`ALTER ROLE ${name} LOGIN PASSWORD ${owner.escapeLiteral(scramVerifier(appRole.password))}`);
    });
  } catch (cause) {
    if (!hasCode(cause, '42501')) throw cause;
    throw new PersistenceError(
      'database-role-refused',
      `The owner in DATABASE_URL may not make or change the role ${appRole.name}.`,
      'Give the owner CREATEROLE for the set-up: ALTER ROLE <owner> CREATEROLE.',
      { cause },
    );
  }
}

/**
 * Migrations hand functions to the role `plimsoll_platform`, which all installations on a server share: who has not made it
 * needs leave to. Asked for before anything is changed, since a failed migration must be mended by hand.
 * @throws PersistenceError `database-role-refused`
 */
export async function assertMayUsePlatformRole(owner: pg.Client): Promise<void> {
  const { rows } = await owner.query<{ name: string; version: number; may: boolean }>(`
    SELECT me.rolname AS name, current_setting('server_version_num')::int AS version,
           -- Before PostgreSQL 16 whoever may make roles may grant them, too.
           me.rolsuper OR pg_has_role(platform.oid, 'MEMBER WITH ADMIN OPTION')
             OR (me.rolcreaterole AND current_setting('server_version_num')::int < 160000) AS may
    FROM pg_roles platform, pg_roles me WHERE platform.rolname = 'plimsoll_platform' AND me.rolname = current_user`);
  const [found] = rows;
  if (found === undefined || found.may) return;
  const options = found.version >= 160_000 ? 'WITH ADMIN TRUE, INHERIT FALSE, SET FALSE' : 'WITH ADMIN OPTION';
  throw new PersistenceError(
    'database-role-refused',
    `The role plimsoll_platform was made by another installation on this server, and ${found.name} in DATABASE_URL may not use it.`,
    `Let a superuser say: GRANT plimsoll_platform TO ${owner.escapeIdentifier(found.name)} ${options}; then start again.`,
  );
}

/** Rights of the application's role, set anew at each migration: what is not listed here, it can not do. */
export async function grantToAppRole(owner: pg.Client, appRole: AppRole): Promise<void> {
  const name = owner.escapeIdentifier(appRole.name);
  const database = owner.escapeIdentifier(owner.database ?? '');
  await retryConcurrentUpdate(() =>
    owner.query(`
      BEGIN;
      GRANT CONNECT ON DATABASE ${database} TO ${name};
      GRANT USAGE ON SCHEMA public, platform, bullmq TO ${name};
      REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ${name};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${name};
      -- The audit log grows and is read; nobody who holds this role can change what it says.
      REVOKE UPDATE, DELETE ON audit_events FROM ${name};
      REVOKE DELETE ON audit_chains FROM ${name};
      -- Dispatched and purged by functions of the schema "platform".
      REVOKE UPDATE, DELETE ON outbox_messages FROM ${name};
      REVOKE INSERT, UPDATE, DELETE ON installations, _prisma_migrations FROM ${name};
      GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ${name};
      GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA platform TO ${name};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA bullmq TO ${name};
      REVOKE INSERT, UPDATE, DELETE ON bullmq.migration FROM ${name};
      GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA bullmq TO ${name};
      GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bullmq TO ${name};
      COMMIT;
    `),
  );
}

/** Roles belong to the whole server: a migration of another of its databases may touch the same row at this moment. */
async function retryConcurrentUpdate(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      const concurrent = error instanceof Error && error.message.includes('tuple concurrently');
      if (!concurrent || attempt === 10) throw error;
      await delay(20 * attempt);
    }
  }
}

function ignoreDuplicate(error: unknown): void {
  if (!hasCode(error, '42710') && !hasCode(error, '23505')) throw error;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** What PostgreSQL stores for a password (RFC 5803), made here so that the password itself appears in no server log. */
function scramVerifier(password: string): string {
  const iterations = 4096;
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest();
  const serverKey = createHmac('sha256', salted).update('Server Key').digest();
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey.toString('base64')}:${serverKey.toString('base64')}`;
}
