/**
 * Writes libs/checks/src/catalogue.generated.ts: a plain static import for each file below a theme's folder whose
 * default export is a check or a family of checks. Run by `npm run generate`; a test fails when the file is stale.
 */
import { createHash } from 'node:crypto';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { themes } from '../libs/checks/src/engine/vocabulary.ts';

const root = join(import.meta.dirname, '../libs/checks/src');

/** The catalogue's source text, and the version that names what it would judge: a digest of all check sources. */
export const renderCatalogue = (): string => {
  const files = themes
    .flatMap((theme) => globSync(`${theme}/*.ts`, { cwd: root }))
    .filter((file) => !file.endsWith('.test.ts') && readFileSync(join(root, file), 'utf8').includes('export default'))
    .toSorted();
  const sources = globSync('**/*.ts', { cwd: root })
    .filter((file) => !/(^testing\/|\.(test|generated)\.ts$)/.test(file))
    .toSorted();
  const digest = createHash('sha256');
  for (const file of sources) digest.update(file).update(readFileSync(join(root, file)));
  const name = (file: string): string =>
    file.replace(/\.ts$/, '').replaceAll(/[^a-z0-9]+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return [
    '// Made by `npm run generate` from the files of this folder. Do not edit.',
    "import type { Check } from './engine/check.ts';",
    ...files.map((file) => `import ${name(file)} from './${file}';`),
    '',
    `const checks: (Check | Check[])[] = [${files.map((file) => `\n  ${name(file)},`).join('')}\n];`,
    '',
    '/** Every check, ordered by id. */',
    'export const catalogue: readonly Check[] = checks.flat().toSorted((a, b) => (a.id < b.id ? -1 : 1));',
    '',
    '/** Changes whenever a check could judge otherwise. */',
    `export const catalogueVersion = '${digest.digest('hex').slice(0, 12)}';`,
    '',
  ].join('\n');
};

export const cataloguePath = join(root, 'catalogue.generated.ts');
if (import.meta.main) writeFileSync(cataloguePath, renderCatalogue());
