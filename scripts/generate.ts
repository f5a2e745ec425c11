/** `npm run generate`: writes every file that is made from others. CI fails when one of them is stale. */
import { writeFileSync } from 'node:fs';
import { cataloguePath, renderCatalogue } from './generate-catalogue.ts';
import { configurationDocumentPath, renderConfigurationDocument } from './generate-configuration.ts';
import { problemsDocumentPath, renderProblemsDocument } from './generate-problems.ts';

writeFileSync(cataloguePath, renderCatalogue());
console.log('libs/checks/src/catalogue.generated.ts');

writeFileSync(problemsDocumentPath, renderProblemsDocument());
console.log('docs/problems.md');

writeFileSync(configurationDocumentPath, renderConfigurationDocument());
console.log('docs/configuration.md');

// Only now: the pages are made from the catalogue that was just written.
const { writeCheckDocs } = await import('./generate-check-docs.ts');
writeCheckDocs();
console.log('docs/checks/');
