import { defineConfig } from 'vitest/config';

/** Real services are slow to start: a project for each kind of neighbour that its tests need. */
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{apps,libs,scripts,tests}/**/*.test.{ts,tsx}'],
          exclude: ['**/node_modules/**', '**/dist/**', '**/*.{integration,docker,browser}.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['{apps,libs,scripts,tests}/**/*.integration.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', 'tests/end-to-end/**'],
          globalSetup: ['libs/persistence/src/testing/test-server.ts'],
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'docker',
          include: ['{apps,libs,scripts,tests}/**/*.docker.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', 'tests/end-to-end/**'],
          testTimeout: 60_000,
          hookTimeout: 180_000,
          // Each file starts daemons of its own: one file at a time is enough for two cores.
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'end-to-end',
          include: ['tests/end-to-end/**/*.{integration,docker}.test.ts'],
          globalSetup: ['tests/end-to-end/built-apps.ts'],
          testTimeout: 120_000,
          hookTimeout: 240_000,
          // Each file runs the whole product: one at a time is enough for two cores.
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.browser.test.ts'],
          globalSetup: ['tests/browser/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // One product and one browser serve them all.
          fileParallelism: false,
        },
      },
    ],
  },
});
