import { join } from 'node:path';
import type { Config } from '@plimsoll/config';
import type { SimulatedHost } from '@plimsoll/engine-simulator';
import { Command } from 'commander';
import { readConfig } from '../installation/read-config.ts';
import { CommandFailed, printableLines } from '../output/command-failed.ts';
import { terminal } from '../output/terminal.ts';
import { ApiClient, ApiProblem, waitUntilReady } from './api-client.ts';
import { assertPortFree } from './assert-port-free.ts';
import { SupervisedChild } from './child-processes.ts';
import { type HostScan, type OfferedHost, localHost, registerAndScan, sampleHost, summarise } from './first-scan.ts';
import type { FirstRun } from './first-run.ts';
import { freePort } from './free-port.ts';
import { type Installation, prepareInstallation } from './installation.ts';
import { Steps } from './steps.ts';

interface StartOptions {
  once: boolean;
  local: boolean;
}

export const startCommand = (): Command =>
  new Command('start')
    .description('Start everything on this machine, register and scan this machine’s Docker and a sample host')
    .option('--once', 'stop after the first scans', false)
    .option('--no-local', 'leave the Docker of this machine alone')
    .action(async (options: StartOptions) => {
      await start(readConfig(), options);
    });

const start = async (config: Config, options: StartOptions): Promise<void> => {
  const steps = new Steps();
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
  // Taken down in the reverse order of their start, whatever happened.
  const running: { title: string; stop: () => Promise<void> }[] = [];
  try {
    await bringUp(config, options, steps, stopping.signal, running);
    if (!options.once) await stopped;
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  } finally {
    if (running.length > 0) await steps.run('Stopping', () => stopAll(running));
  }
};

/** One after the other; what can not be stopped does not keep the rest running. */
const stopAll = async (running: readonly { title: string; stop: () => Promise<void> }[]): Promise<void> => {
  for (const { title, stop } of running.toReversed())
    await stop().catch((error: unknown) => {
      process.stderr.write(`warning  ${title} could not be stopped: ${printableLines(String(error))}\n`);
      process.exitCode = 1;
    });
};

const bringUp = async (
  config: Config,
  options: StartOptions,
  steps: Steps,
  signal: AbortSignal,
  running: { title: string; stop: () => Promise<void> }[],
): Promise<void> => {
  const { host } = config.server;
  const port = config.server.port === 0 ? await freePort(host) : config.server.port;
  await assertPortFree(host, port);
  const installation = await prepareInstallation(config, steps);
  running.push({ title: 'PostgreSQL', stop: installation.stop });

  const local = options.local ? findThisMachine(steps) : undefined;
  const env = childEnvironment(config, installation, port, local?.address);
  const bundle = (app: 'api' | 'worker'): string => join(import.meta.dirname, '..', '..', app, 'dist', 'main.js');
  const logFolder = join(installation.dataDir, 'logs');
  const baseUrl = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

  const api = new SupervisedChild({ name: 'api', script: bundle('api'), env, logFolder });
  running.push({ title: 'API', stop: () => api.stop() });
  const { prepareFirstRun, startSampleHost } = await import('./first-run.ts');
  // Whichever fails first, the other is not waited for.
  const failed = new AbortController();
  const patience = AbortSignal.any([signal, failed.signal]);
  const [firstRun] = await Promise.all([
    prepareFirstRun(config, installation),
    steps.run('Starting the API', () => waitUntilReady(baseUrl, () => api.assertAlive(), patience)),
  ]).finally(() => failed.abort());
  const worker = new SupervisedChild({ name: 'worker', script: bundle('worker'), env, logFolder });
  running.push({ title: 'worker', stop: () => worker.stop() });
  announce(config.server.publicUrl ?? baseUrl, firstRun, steps, logFolder);

  const sample: SimulatedHost = await startSampleHost();
  running.push({ title: 'sample host', stop: () => sample.close() });
  const client = new ApiClient(baseUrl, async () => firstRun.apiKey);
  const scanned = (offered: OfferedHost): Promise<HostScan> =>
    registerAndScan(client, offered, steps, signal, () => worker.assertKeepsRunning());
  const scans = [
    ...(local === undefined ? [] : await scanThisMachine(local, scanned, steps)),
    await scanned(sampleHost(sample)),
  ];
  const table = await summarise(client, scans, { width: terminal.width(), colour: terminal.hasColour() });
  process.stdout.write(`\n${table}\n\nAll of it: ${config.server.publicUrl ?? baseUrl}\n`);
};

/** What stands in the way of this machine's own Docker is said, and keeps nothing else from starting. */
const findThisMachine = (steps: Steps): OfferedHost | undefined => {
  try {
    const found = localHost(process.env);
    if (found === undefined) steps.note('This machine has no Docker daemon that could be scanned.');
    return found;
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    steps.note(`This machine’s Docker is not scanned: ${printableLines(error.message)}`);
    return undefined;
  }
};

const scanThisMachine = async (
  local: OfferedHost,
  scanned: (host: OfferedHost) => Promise<HostScan>,
  steps: Steps,
): Promise<HostScan[]> => {
  try {
    return [await scanned(local)];
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    steps.note(
      `This machine’s Docker at ${local.address} is not scanned: ${printableLines(error.why ?? error.message)}`,
    );
    return [];
  }
};

const announce = (url: string, { owner }: FirstRun, steps: Steps, logFolder: string): void => {
  if (owner !== null) {
    steps.note(`The first owner is ${owner.email}`);
    if (owner.generatedPassword !== null)
      steps.note(`with the password ${owner.generatedPassword} (shown only this once)`);
  }
  steps.note(`Logs are in ${logFolder}`);
  process.stdout.write(`Plimsoll is ready at ${url}\n`);
};

const loopback: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

/** API and worker get the application's rights on the database, never the owner's. */
const childEnvironment = (
  { server }: Config,
  { appUrl, dataDir }: Installation,
  port: number,
  localAddress: string | undefined,
): Record<string, string | undefined> => {
  const {
    DATABASE_URL: _owner,
    DATABASE_URL_FILE: _ownerFile,
    PLIMSOLL_APP_DATABASE_URL_FILE: _appFile,
    ...inherited
  } = process.env;
  // Registering this machine's socket is what --no-local would have prevented; a given setting still decides.
  const allowsSocket =
    localAddress?.startsWith('unix:') === true && inherited['PLIMSOLL_HOSTS_ALLOW_UNIX_SOCKETS'] === undefined;
  // There is an owner already, and whoever signs up could register what this machine reaches: not for strangers.
  const closesSignUp =
    inherited['PLIMSOLL_SIGN_UP'] === undefined && (server.publicUrl !== undefined || !loopback.has(server.host));
  return {
    ...inherited,
    NODE_ENV: 'production',
    PLIMSOLL_APP_DATABASE_URL: appUrl,
    PLIMSOLL_DATA_DIR: dataDir,
    PLIMSOLL_PORT: String(port),
    ...(allowsSocket ? { PLIMSOLL_HOSTS_ALLOW_UNIX_SOCKETS: 'on' } : {}),
    ...(closesSignUp ? { PLIMSOLL_SIGN_UP: 'off' } : {}),
  };
};
