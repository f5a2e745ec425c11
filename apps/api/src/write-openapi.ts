import 'reflect-metadata';
import { featureModules } from './features.ts';
import { openApiDocument } from './openapi/document.ts';
import { routesOfFeatures } from './openapi/feature-routes.ts';

/** Prints the OpenAPI document. Reads decorators only: no database, no configuration. */
process.stdout.write(`${JSON.stringify(openApiDocument(routesOfFeatures(featureModules)), null, 2)}\n`);
