/** Writes the console's typed client from the OpenAPI document that the API's build has left. */
import { createClient } from '@hey-api/openapi-ts';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

await createClient({
  input: join(root, 'apps/api/dist/openapi.json'),
  output: { path: join(root, 'apps/console/src/api/generated'), importFileExtension: '.ts' },
  plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk', '@tanstack/react-query'],
  logs: { level: 'warn' },
});
