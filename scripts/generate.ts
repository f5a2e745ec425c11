/** `npm run generate`: writes every file that is made from others. CI fails when one of them is stale. */
import { writeFileSync } from 'node:fs';
import { cataloguePath, renderCatalogue } from './generate-catalogue.ts';
import { writeCheckDocs } from './generate-check-docs.ts';
import { configurationDocumentPath, renderConfigurationDocument } from './generate-configuration.ts';
import { problemsDocumentPath, renderProblemsDocument } from './generate-problems.ts';

writeFileSync(cataloguePath, renderCatalogue());
console.log('libs/checks/src/catalogue.generated.ts');

writeFileSync(problemsDocumentPath, renderProblemsDocument());
console.log('docs/problems.md');

writeFileSync(configurationDocumentPath, renderConfigurationDocument());
console.log('docs/configuration.md');

writeCheckDocs();
console.log('docs/checks/');
