import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../../..');

/** Bundles the worker as it is shipped, into a folder of this test's own. */
export const buildWorker = async (): Promise<{ script: string; remove(): Promise<void> }> => {
  // Below the workspace, so that npm packages are found from there.
  const folder = join(root, '.test', `worker-${process.pid}`);
  await run(process.execPath, [join(root, 'scripts/build-node-app.ts'), 'worker', folder]);
  return { script: join(folder, 'main.js'), remove: () => rm(folder, { recursive: true, force: true }) };
};

export interface WorkerEnvironment {
  readonly databaseUrl: string;
  readonly redisUrl?: string | undefined;
  readonly masterKey: string;
  readonly more?: Readonly<Record<string, string>>;
}

/** The worker as a process of its own, to be killed as only a process can be. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  #output = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    const keep = (chunk: Buffer): void => {
      this.#output += chunk.toString();
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
  }

  static spawn(script: string, { databaseUrl, redisUrl, masterKey, more }: WorkerEnvironment): WorkerProcess {
    return new WorkerProcess(
      spawn(process.execPath, [script], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env['PATH'],
          PLIMSOLL_APP_DATABASE_URL: databaseUrl,
          PLIMSOLL_MASTER_KEY: masterKey,
          PLIMSOLL_WORKER_CONCURRENCY: '2',
          ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
          ...more,
        },
      }),
    );
  }

  /** Everything it has printed. */
  get output(): string {
    return this.#output;
  }

  /** Resolves once it has printed this; rejects when it ends before. */
  async prints(text: string): Promise<void> {
    for (;;) {
      if (this.#output.includes(text)) return;
      if (this.#child.exitCode !== null)
        throw new Error(`The worker ended with ${this.#child.exitCode}:\n${this.#output}`);
      const leaving = new AbortController();
      const { stdout } = this.#child;
      const { signal } = leaving;
      await Promise.race([
        ...(stdout === null ? [] : [once(stdout, 'data', { signal })]),
        once(this.#child, 'exit', { signal }),
      ]).finally(() => leaving.abort());
    }
  }

  takesUpJobs(): Promise<void> {
    return this.prints('worker takes up jobs');
  }

  /** @returns its exit code, or the signal that ended it */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | string | null> {
    const ended = this.ended();
    this.#child.kill(signal);
    return ended;
  }

  async ended(): Promise<number | string | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    return this.#child.exitCode ?? this.#child.signalCode;
  }
}
