/** Writes the console's typed client from the OpenAPI document that the API's build has left. */
import { createClient } from '@hey-api/openapi-ts';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The generator takes the schema of an event stream for that of one event: give it what the text of an event holds. */
const withEventSchemas = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'contentSchema' in value ? value.contentSchema : value;

await createClient({
  input: JSON.parse(readFileSync(join(root, 'apps/api/dist/openapi.json'), 'utf8'), withEventSchemas),
  output: { path: join(root, 'apps/console/src/api/generated'), importFileExtension: '.ts' },
  plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk', '@tanstack/react-query'],
  logs: { level: 'warn' },
});
