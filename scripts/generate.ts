/** `npm run generate`: writes every file that is made from others. CI fails when one of them is stale. */
import { writeFileSync } from 'node:fs';
import { cataloguePath, renderCatalogue } from './generate-catalogue.ts';

writeFileSync(cataloguePath, renderCatalogue());
console.log('libs/checks/src/catalogue.generated.ts');
