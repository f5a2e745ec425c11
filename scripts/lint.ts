/** `npm run lint`: everything that can be said of the code without running it. Every step runs; any failure fails. */
import { spawnSync } from 'node:child_process';

const steps: [string, string[]][] = [
  ['types', ['tsc', '-p', 'tsconfig.json']],
  ['types of the console', ['tsc', '-p', 'apps/console/tsconfig.json']],
  ['lint', ['oxlint', '--deny-warnings']],
  ['format', ['oxfmt', '--check']],
  ['dependency direction', ['depcruise', '--config', '.dependency-cruiser.mjs', 'apps', 'libs']],
  ['unused files, exports and dependencies', ['knip', '--no-config-hints']],
];

let failed = 0;
for (const [title, [program = '', ...args]] of steps) {
  const { status } = spawnSync(program, args, { stdio: 'inherit' });
  console.log(`${status === 0 ? '✓' : '✗'} ${title}`);
  if (status !== 0) failed += 1;
}
process.exitCode = failed === 0 ? 0 : 1;
