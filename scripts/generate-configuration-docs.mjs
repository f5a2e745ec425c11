// Writes the table of settings into docs/configuration.md: `node scripts/generate-configuration-docs.mjs`.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderVariablesTable } from '../libs/config/src/index.ts';

const page = join(import.meta.dirname, '../docs/configuration.md');
const [begin, end] = ['<!-- settings: begin -->', '<!-- settings: end -->'];
const text = readFileSync(page, 'utf8');
const before = text.slice(0, text.indexOf(begin) + begin.length);
const after = text.slice(text.indexOf(end));
writeFileSync(page, `${before}\n${renderVariablesTable()}\n${after}`);
