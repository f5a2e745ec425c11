/** The table of settings in docs/configuration.md; `npm run generate` writes it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderVariablesTable } from '../libs/config/src/index.ts';

export const configurationDocumentPath = join(import.meta.dirname, '..', 'docs', 'configuration.md');

/** The page with its table made anew; what people wrote around it stays. */
export const renderConfigurationDocument = (): string => {
  const [begin, end] = ['<!-- settings: begin -->', '<!-- settings: end -->'];
  const page = readFileSync(configurationDocumentPath, 'utf8');
  const before = page.slice(0, page.indexOf(begin) + begin.length);
  return `${before}\n${renderVariablesTable()}\n${page.slice(page.indexOf(end))}`;
};
