import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderProblemsDocument } from '../apps/api/src/pages/problem-pages.ts';

export const problemsDocumentPath = join(dirname(dirname(fileURLToPath(import.meta.url))), 'docs/problems.md');
export { renderProblemsDocument };
