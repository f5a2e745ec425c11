import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigInvalid, loadConfig, renderVariablesTable } from './index.ts';
import type { RawEnvironment } from './index.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-config-'));
  writeFileSync(join(folder, 'secret'), 'from-the-file\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function mistakesOf(env: RawEnvironment): Record<string, string> {
  try {
    loadConfig(env);
    return {};
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    return Object.fromEntries(error.mistakes.map(({ variable, message }) => [variable, message]));
  }
}

describe('settings', () => {
  test('have a default for everything', () => {
    const config = loadConfig({});
    expect(config.server).toMatchObject({ host: '127.0.0.1', port: 7420 });
    expect(config.database.ownerUrl).toBeUndefined();
  });

  test('can not be changed once parsed', () => {
    const config = loadConfig({});
    expect(() => Object.assign(config.server, { port: 1 })).toThrow(TypeError);
    expect(() => Object.assign(config, { dataDir: '/elsewhere' })).toThrow(TypeError);
  });

  test('that are empty count as not set', () => {
    expect(loadConfig({ PLIMSOLL_PORT: '', PLIMSOLL_MASTER_KEY_FILE: '' }).server.port).toBe(7420);
  });

  test('of others are left alone', () => {
    expect(mistakesOf({ PATH: '/bin', HOME: '/' })).toEqual({});
  });

  test.for([
    ['self-hosted', true],
    ['multi-tenant', false],
  ] as const)('of a %s deployment open private networks for hosts: %s', ([deployment, open]) => {
    const { hosts, webhooks } = loadConfig({ PLIMSOLL_DEPLOYMENT: deployment });
    expect(hosts).toMatchObject({ allowPrivate: open, allowLoopback: open, allowUnixSockets: false });
    expect(webhooks).toEqual({ allowPrivate: false, allowLoopback: false });
  });

  test('that are given win over those of the deployment', () => {
    const { hosts } = loadConfig({ PLIMSOLL_DEPLOYMENT: 'multi-tenant', PLIMSOLL_HOSTS_ALLOW_PRIVATE: 'on' });
    expect(hosts).toMatchObject({ allowPrivate: true, allowLoopback: false });
  });

  test('take several proxies, with or without spaces', () => {
    const { trustedProxies } = loadConfig({ PLIMSOLL_TRUSTED_PROXIES: '10.0.0.0/8, ::1,' }).server;
    expect(trustedProxies).toEqual(['10.0.0.0/8', '::1']);
  });
});

describe('mistakes', () => {
  test('are all reported at once, each with its variable', () => {
    const mistakes = mistakesOf({ PLIMSOLL_PORT: '70000', PLIMSOLL_SIGN_UP: 'maybe', DATABASE_URL: 'mysql://x' });
    expect(Object.keys(mistakes).toSorted()).toEqual(['DATABASE_URL', 'PLIMSOLL_PORT', 'PLIMSOLL_SIGN_UP']);
    expect(mistakes['PLIMSOLL_PORT']).toBe('must be a whole number from 0 to 65535');
  });

  test('in a name are found, with the nearest right one', () => {
    expect(mistakesOf({ PLIMSOLL_SIGNUP: 'off' })['PLIMSOLL_SIGNUP']).toContain('did you mean PLIMSOLL_SIGN_UP?');
  });

  test('never show the value of a secret', () => {
    const env = { DATABASE_URL: 'mysql://root:hunter2@db', PLIMSOLL_OWNER_PASSWORD: 'hunter2' };
    expect(() => loadConfig(env)).toThrow(/DATABASE_URL[^]*PLIMSOLL_OWNER_PASSWORD/);
    expect(() => loadConfig(env)).not.toThrow(/hunter2/);
  });
});

describe('secrets', () => {
  test('can be read from a file, without its last line end', () => {
    const config = loadConfig({ PLIMSOLL_MASTER_KEY_FILE: join(folder, 'secret') });
    expect(config.secrets.masterKey).toBe('from-the-file');
  });

  test('are refused where both the value and a file are given', () => {
    const mistakes = mistakesOf({ PLIMSOLL_MASTER_KEY: 'a', PLIMSOLL_MASTER_KEY_FILE: join(folder, 'secret') });
    expect(mistakes['PLIMSOLL_MASTER_KEY_FILE']).toContain('not both');
  });

  test('in a file that is not there are a mistake, not a missing secret', () => {
    const mistakes = mistakesOf({ PLIMSOLL_MASTER_KEY_FILE: join(folder, 'gone') });
    expect(mistakes['PLIMSOLL_MASTER_KEY_FILE']).toContain('ENOENT');
  });

  test('are the only settings with a file variant', () => {
    expect(mistakesOf({ PLIMSOLL_PORT_FILE: join(folder, 'secret') })).toHaveProperty('PLIMSOLL_PORT_FILE');
  });
});

test('docs/configuration.md holds the table of all settings', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/configuration.md'), 'utf8');
  expect(page).toContain(renderVariablesTable());
});
