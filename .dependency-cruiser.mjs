/**
 * Dependencies point one way:
 * apps → features → adapters → pure libraries → contracts. Most of it is data: a layer for each folder.
 */
const layers = {
  contracts: ['libs/contracts'],
  pure: ['libs/checks', 'libs/reports', 'libs/snapshot/src/(schema|redaction|index)'],
  adapters: [
    'libs/config',
    'libs/core',
    'libs/docker-engine',
    'libs/persistence',
    'libs/queue',
    'libs/snapshot/src/collector',
    'libs/telemetry',
    'libs/vault',
  ],
  features: ['libs/audit', 'libs/engine-simulator', 'libs/identity', 'libs/scanning', 'libs/webhooks'],
  apps: ['apps/api', 'apps/cli', 'apps/console', 'apps/worker'],
};
const order = Object.keys(layers);
const pathOf = (layer) => `^(${layers[layer].join('|')})`;
const isTest = '(\\.test\\.tsx?$|/testing/|^tests/)';

const upward = order.slice(0, -1).map((layer, index) => ({
  name: `${layer}-below-${order[index + 1]}`,
  comment: `${layer} must not know ${order.slice(index + 1).join(', ')}`,
  severity: 'error',
  from: { path: pathOf(layer), pathNot: isTest },
  to: { path: order.slice(index + 1).map(pathOf) },
}));

export default {
  forbidden: [
    ...upward,
    {
      name: 'pure-knows-no-framework',
      comment: 'Pure libraries and contracts import no framework, no database, no network and no clock',
      severity: 'error',
      from: { path: [pathOf('pure'), pathOf('contracts')], pathNot: isTest },
      to: {
        path: [
          'node_modules/(@nestjs|@prisma|bullmq|pg|undici|fastify|ioredis)',
          '^(node:)?(fs|net|http|https|tls|child_process|process|timers)',
        ],
      },
    },
    {
      name: 'console-speaks-http-only',
      comment: 'The console knows the contracts and the generated client, never a server library',
      severity: 'error',
      from: { path: '^apps/console' },
      to: { path: '^(libs/(?!contracts)|apps/(api|worker|cli))' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { pathNot: 'node_modules' } } },
    {
      name: 'libraries-by-their-front-door',
      comment: 'Another library is imported by its name, never by a path into it',
      severity: 'error',
      from: { path: '^libs/([^/]+)/', pathNot: isTest },
      to: {
        path: '^libs/([^/]+)/src/',
        pathNot: ['^libs/$1/', '^libs/[^/]+/src/(index|testing/[^/]+|collector/index)\\.ts$'],
      },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    preserveSymlinks: false,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(/dist/|/generated/)' },
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
    },
  },
};
