import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import { expect, onTestFinished, test } from 'vitest';
import rules from '../.dependency-cruiser.mjs';

/** A tiny workspace with one import, and what the real rules say of it. */
const violationsOf = async (from: string, source: string, to: string): Promise<string[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-direction-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, text] of [
    [from, source],
    [to, 'export const value = 1;\n'],
  ] as const) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { output } = await cruise(
    ['apps', 'libs'].filter((top) => from.startsWith(top) || to.startsWith(top)),
    {
      ruleSet: { forbidden: rules.forbidden },
      validate: true,
      baseDir: folder,
      tsPreCompilationDeps: true,
    },
  );
  if (typeof output === 'string') throw new Error('A report in JSON was expected');
  return output.summary.violations.map(({ rule }) => rule.name);
};

test.for([
  [
    'a pure library must not know an adapter',
    'libs/checks/src/a.ts',
    'libs/persistence/src/index.ts',
    'pure-below-adapters',
  ],
  ['contracts know nobody', 'libs/contracts/src/a.ts', 'libs/checks/src/index.ts', 'contracts-below-pure'],
  [
    'an adapter must not know a feature',
    'libs/queue/src/a.ts',
    'libs/scanning/src/index.ts',
    'adapters-below-features',
  ],
  ['a feature must not know an app', 'libs/webhooks/src/a.ts', 'apps/api/src/a.ts', 'features-below-apps'],
  [
    'the console knows no server library',
    'apps/console/src/a.ts',
    'libs/scanning/src/index.ts',
    'console-speaks-http-only',
  ],
  [
    'a library is entered by its front door',
    'libs/audit/src/a.ts',
    'libs/vault/src/vault.ts',
    'libraries-by-their-front-door',
  ],
] as const)('%s', async ([, from, to, rule]) => {
  const path = `${'../'.repeat(from.split('/').length - 1)}${to}`;
  expect(await violationsOf(from, `export { value } from '${path}';\n`, to)).toContain(rule);
});

test('a pure library must not read files', async () => {
  expect(
    await violationsOf('libs/checks/src/a.ts', "export { readFileSync } from 'node:fs';\n", 'libs/checks/src/b.ts'),
  ).toContain('pure-knows-no-framework');
});

test('what points down is fine', async () => {
  expect(
    await violationsOf(
      'apps/api/src/a.ts',
      "export { value } from '../../../libs/scanning/src/index.ts';\n",
      'libs/scanning/src/index.ts',
    ),
  ).toEqual([]);
});
