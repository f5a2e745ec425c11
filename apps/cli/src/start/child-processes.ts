import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { CommandFailed } from '../output/command-failed.ts';

export interface ChildOptions {
  name: 'api' | 'worker';
  /** Path of its bundle. */
  script: string;
  env: Record<string, string | undefined>;
  /** Folder for `<name>.log`. */
  logFolder: string;
}

const logLimitBytes = 10 * 1024 * 1024;
const rotationIntervalMs = 60_000;
/** A child that drains longer than this is not waited for any more. */
const drainTimeoutMs = 30_000;
const restartDelaysMs = [500, 2_000, 5_000, 15_000, 60_000];
/** A child that died so often in a row will not do what is asked of it. */
const hopelessAfterFailures = 3;
/** A child that ran this long is healthy: its next failure counts from the start again. */
const healthyAfterMs = 120_000;

/**
 * A process of Plimsoll that is kept running: started again with growing delays when it dies, drained at the end.
 * It gets its own process group, so that Ctrl-C reaches only the supervisor, which ends things in their order.
 */
export class SupervisedChild {
  readonly #options: ChildOptions;
  readonly #logPath: string;
  #process: ChildProcess;
  #stopping = false;
  #failures = 0;
  #restart: NodeJS.Timeout | undefined;
  readonly #rotation: NodeJS.Timeout;

  constructor(options: ChildOptions) {
    this.#options = options;
    mkdirSync(options.logFolder, { recursive: true });
    this.#logPath = join(options.logFolder, `${options.name}.log`);
    this.#process = this.#spawn();
    this.#rotation = setInterval(() => this.#rotateLog(), rotationIntervalMs).unref();
  }

  get logPath(): string {
    return this.#logPath;
  }

  /** @throws CommandFailed when it died before anybody could use it: the last line of its log says why */
  assertAlive(): void {
    this.#assertFewerFailures(1);
  }

  /** Allows for what a restart mends. @throws CommandFailed when it dies again and again */
  assertKeepsRunning(): void {
    this.#assertFewerFailures(hopelessAfterFailures);
  }

  #assertFewerFailures(limit: number): void {
    if (this.#failures < limit) return;
    throw new CommandFailed(`${this.#options.name}-failed`, `The ${this.#options.name} ended at its start.`, {
      why: this.#lastLogLine(),
      fix: `Read ${this.#logPath}`,
    });
  }

  /** Asks it to drain, waits, and kills it only if it does not end. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    clearInterval(this.#rotation);
    const child = this.#process;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    const timer = setTimeout(() => child.kill('SIGKILL'), drainTimeoutMs);
    child.kill('SIGTERM');
    await ended.finally(() => clearTimeout(timer));
  }

  #spawn(): ChildProcess {
    this.#rotateLog();
    const log = openSync(this.#logPath, 'a', 0o600);
    const startedAt = Date.now();
    // The channel's end tells the child that its supervisor is gone, even after a kill -9.
    const child = spawn(process.execPath, ['--enable-source-maps', this.#options.script], {
      env: this.#options.env,
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    });
    closeSync(log);
    child.once('exit', () => this.#onExit(Date.now() - startedAt));
    return child;
  }

  #onExit(livedMs: number): void {
    if (this.#stopping) return;
    this.#failures = livedMs > healthyAfterMs ? 1 : this.#failures + 1;
    const delay = restartDelaysMs[Math.min(this.#failures, restartDelaysMs.length) - 1] ?? 0;
    process.stderr.write(
      `warning  The ${this.#options.name} ended and is started again in ${delay / 1_000} s. Its log: ${this.#logPath}\n`,
    );
    this.#restart = setTimeout(() => {
      this.#process = this.#spawn();
    }, delay);
  }

  /** Keeps one log before this one. The child goes on writing to the same file, at its end: so it is emptied in place. */
  #rotateLog(): void {
    if (!existsSync(this.#logPath) || statSync(this.#logPath).size <= logLimitBytes) return;
    copyFileSync(this.#logPath, `${this.#logPath}.1`);
    truncateSync(this.#logPath);
  }

  #lastLogLine(): string {
    return readFileSync(this.#logPath, 'utf8').trimEnd().split('\n').at(-1) ?? '';
  }
}
