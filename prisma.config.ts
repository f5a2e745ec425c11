import { defineConfig } from 'prisma/config';

/** One schema file per feature; migrations are applied by `migrate` of libs/persistence, not by this tool. */
export default defineConfig({
  schema: 'prisma/',
  migrations: { path: 'prisma/migrations' },
});
