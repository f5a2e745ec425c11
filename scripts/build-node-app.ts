/**
 * Bundles one of the Node applications: `node scripts/build-node-app.ts api [folder]`. Our own libraries go into the
 * bundle, npm packages stay in node_modules. Each entry is a file of the app's `src`: `main.ts`, and more where the app has them.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What is built beside `main.ts`, and what is made by running it afterwards. */
const extras: Readonly<Record<string, { entry: string; writes: string }>> = {
  api: { entry: 'write-openapi.ts', writes: 'openapi.json' },
};

const buildNodeApp = async (app: string, output?: string): Promise<void> => {
  const folder = join(root, 'apps', app);
  const sources = join(folder, 'src');
  const dist = output ?? join(folder, 'dist');
  const extra = extras[app];
  const entries = ['main.ts', ...(extra === undefined ? [] : [extra.entry])];
  for (const entry of entries) {
    if (!existsSync(join(sources, entry))) throw new Error(`apps/${app}/src/${entry} does not exist`);
  }
  await build({
    root: folder,
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: [/^@plimsoll\//] },
    build: {
      ssr: true,
      target: 'node24',
      outDir: dist,
      emptyOutDir: true,
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input: Object.fromEntries(entries.map((entry) => [entry.replace(/\.ts$/, ''), join(sources, entry)])),
        // Nest finds constructors and names of classes at run time.
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js', keepNames: true },
      },
    },
  });
  if (extra !== undefined) {
    const program = join(dist, extra.entry.replace(/\.ts$/, '.js'));
    const { status, stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8', maxBuffer: 2 ** 26 });
    if (status !== 0) throw new Error(`${extra.entry} failed:\n${stderr}`);
    writeFileSync(join(dist, extra.writes), stdout);
  }
};

const [app, output] = process.argv.slice(2);
if (app === undefined) throw new Error('Say which app to build, e.g. `node scripts/build-node-app.ts api`');
await buildNodeApp(app, output);
