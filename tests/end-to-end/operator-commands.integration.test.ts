import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId, openEmbeddedPostgres } from '@plimsoll/persistence';
import { generateMasterKey } from '@plimsoll/vault';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { temporaryFolder } from './client-folder.ts';
import { type CommandResult, plimsoll } from './command.ts';
import { RunningPlimsoll } from './running-plimsoll.ts';

const owner = { email: 'owner@example.com', password: 'correct-horse-battery' };

/** The commands of whoever operates an installation, beside its processes and while they are stopped. */
describe('an operator', () => {
  let dataDir: string;
  let running: RunningPlimsoll;
  beforeAll(async () => {
    dataDir = await temporaryFolder('operator');
    await start();
  });
  afterAll(async () => {
    await running.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const start = async (): Promise<void> => {
    running = await RunningPlimsoll.start({
      dataDir,
      args: ['--no-local'],
      environment: { PLIMSOLL_OWNER_EMAIL: owner.email, PLIMSOLL_OWNER_PASSWORD: owner.password },
    });
    await running.hasScanned();
  };
  const command = (...args: string[]): Promise<CommandResult> => plimsoll(args, { PLIMSOLL_DATA_DIR: dataDir });
  /** Past every policy, as whoever owns the database. */
  const asOwner = async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> => {
    const database = await openEmbeddedPostgres(dataDir);
    const client = new pg.Client({ connectionString: database?.ownerUrl });
    await client.connect();
    return client.query<Row>(sql, values).then(
      ({ rows }) => client.end().then(() => rows),
      (error: unknown) => client.end().then(() => Promise.reject(error)),
    );
  };
  const auditOf = async (action: string) =>
    (
      await asOwner<{ actor_name: string; details: object }>(
        'SELECT actor_name, details FROM audit_events WHERE action = $1 ORDER BY sequence',
        [action],
      )
    ).map(({ actor_name: by, details }) => ({ by, details }));
  const signIn = (password: string): Promise<Response> =>
    fetch(`${running.url}/v1/sessions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email: owner.email, password }),
    });

  test('verifies the audit logs beside the running processes', async () => {
    const { exitCode, stdout, stderr } = await command('audit', 'verify');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^[0-9a-f-]{36} {2}intact {2}\d+ events {2}head [0-9a-f]{64} {2}My organization$/mu);
    expect(stdout).toMatch(/^Audit logs verified: 1, all intact\.$/mu);
  });

  test('resets a password, which ends the sessions of the account', async () => {
    const before = await signIn(owner.password);
    const cookie = before.headers.get('set-cookie')?.split(';')[0] ?? '';
    const { exitCode, stdout, stderr } = await command('password', 'reset', owner.email.toUpperCase());
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^(\w{4}-){4}\w{4}\n$/u) });
    expect(stderr).toContain('has to be changed at the next login');
    expect((await signIn(owner.password)).status).toBe(401);
    expect((await signIn(stdout.trim())).status).toBe(201);
    const refreshed = await fetch(`${running.url}/v1/sessions/refresh`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', cookie },
      body: '{}',
    });
    expect(refreshed.status).toBe(401);
    expect(await auditOf('password.reset')).toEqual([{ by: 'password reset', details: { changeRequired: true } }]);
  });

  test('is told what is not there, with exit code 2', async () => {
    const mistakes = [
      ['account-not-found', 'password', 'reset', 'nobody@example.com'],
      ['password-refused', 'password', 'reset', owner.email, '--password-stdin'],
      ['tenant-not-found', 'audit', 'verify', '--tenant', newId()],
      ['message-not-found', 'outbox', 'retry', newId()],
      ['nothing-to-retry', 'outbox', 'retry'],
    ] as const;
    const told = await Promise.all(
      mistakes.map(async ([, ...args]) => {
        const { exitCode, stderr } = await command(...args);
        return [exitCode, /^error {2}(\S+) /u.exec(stderr)?.[1]];
      }),
    );
    expect(told).toEqual(mistakes.map(([slug]) => [2, slug]));
    const elsewhere = await plimsoll(['audit', 'verify'], { PLIMSOLL_DATA_DIR: join(dataDir, 'nothing') });
    expect(elsewhere).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/^error {2}no-installation /u) });
  });

  test('lets a message that was set aside leave once more', async () => {
    const [id, tenant] = [newId(), 'SELECT id FROM tenants LIMIT 1'];
    await asOwner(
      `INSERT INTO outbox_messages (id, tenant_id, type, payload, attempts, set_aside_at)
       VALUES ($1, (${tenant}), 'host.unreachable', '{"written": "by a newer version"}', 20, now())`,
      [id],
    );
    const listed = await command('outbox', 'list');
    expect(listed.stdout).toMatch(new RegExp(`^${id} {2}host\\.unreachable .* after 20 attempts$`, 'mu'));
    expect(listed.stdout).toMatch(/^Messages set aside: 1\.$/mu);
    expect(JSON.parse((await command('outbox', 'list', '--json')).stdout)).toMatchObject([
      { id, type: 'host.unreachable', payload: { written: 'by a newer version' } },
    ]);
    const retried = await command('outbox', 'retry', id);
    expect(retried).toMatchObject({ exitCode: 0, stdout: 'Messages that a worker will take up again: 1.\n' });
    // A worker takes it up again: either it leaves, or it is counted as unreadable once more.
    await vi.waitUntil(
      async () =>
        (
          await asOwner('SELECT 1 FROM outbox_messages WHERE id = $1 AND (attempts > 0 OR dispatched_at IS NOT NULL)', [
            id,
          ])
        ).length === 1,
      { timeout: 30_000, interval: 200 },
    );
    expect(await auditOf('outbox.retried')).toEqual([{ by: 'outbox retry', details: {} }]);
    await asOwner('DELETE FROM outbox_messages WHERE id = $1', [id]);
  });

  test('changes the master key: new before old, rotate, new alone', async () => {
    const keyFile = join(dataDir, 'keys', 'master.key');
    const [oldKey, newKey] = [(await readFile(keyFile, 'utf8')).trim(), generateMasterKey()];
    await running.stop();
    await writeFile(keyFile, `${newKey}\n`);
    const tooEarly = await command('keys', 'rotate');
    expect(tooEarly.exitCode).toBe(1);
    expect(tooEarly.stderr).toContain('error  keys-not-rotated  ');

    await writeFile(keyFile, `${newKey}\n${oldKey}\n`);
    await start();
    const rotated = await command('keys', 'rotate');
    expect({ ...rotated, stdout: '' }).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(rotated.stdout).toMatch(/^Data keys wrapped anew by the master key [0-9a-f]{12}: 1\. Tenants seen: 1\.$/mu);
    // Once more, as after an interruption: nothing is left to do, and nothing to tell of.
    expect((await command('keys', 'rotate')).stdout).toMatch(/^Data keys wrapped anew by .*: 0\. Tenants seen: 1\.$/mu);
    expect(await auditOf('keys.rotated')).toEqual([
      { by: 'keys rotate', details: { dataKeys: 1, masterKeyId: expect.stringMatching(/^[0-9a-f]{12}$/u) } },
    ]);

    await running.stop();
    await writeFile(keyFile, `${newKey}\n`);
    // The database of a stopped installation is started for the command, and stopped.
    expect((await command('audit', 'verify')).exitCode).toBe(0);
    // The start opens the tenant's data key, and the scan of the sample host its credential.
    await start();
    expect((await running.hosts()).map(({ reachability }) => reachability.state)).toEqual(['reachable']);
  });

  test('is told where an audit log was changed', async () => {
    await asOwner(`UPDATE audit_events SET actor_name = 'somebody else' WHERE sequence = 2`);
    const { exitCode, stdout } = await command('audit', 'verify');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('  BROKEN at 2: hash-mismatch  ');
    expect(stdout).toMatch(/^Audit logs verified: 1, BROKEN: 1\.$/mu);
  });
});
