import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const pollMs = 20;

/** A running server, as its own lock file describes it. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/**
 * The server that runs on this cluster, if any. A lock file that a kill or a power cut left behind is removed:
 * PostgreSQL itself would refuse to start when an unrelated process has meanwhile got the same number.
 */
export async function findRunningPostmaster(clusterDir: string): Promise<Postmaster | undefined> {
  const lockFile = join(clusterDir, 'postmaster.pid');
  const lines = (await readFile(lockFile, 'utf8').catch(() => '')).split('\n');
  const pid = Number.parseInt(lines[0] ?? '', 10);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (isAlive(pid) && (await isPostgres(pid))) return { pid, port: Number.parseInt(lines[3] ?? '', 10) };
  await rm(lockFile, { force: true });
  return undefined;
}

async function isPostgres(pid: number): Promise<boolean> {
  const { stdout } = await run('ps', ['-p', String(pid), '-o', 'comm=']).catch(async () => ({
    // Small images have no ps.
    stdout: await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => ''),
  }));
  return stdout.trim().endsWith('postgres');
}

/** Whether a process of that number is at work. One that ended and that nobody has collected yet is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  try {
    // The state follows the program's name, which is in parentheses and may hold anything.
    return /\) Z [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Stops a server the fast way (sessions are cut, data is safe), the immediate way if it does not end in time. */
export async function stopPostmaster(pid: number, graceMs = 30_000): Promise<void> {
  if (await endsAfter(pid, 'SIGINT', graceMs)) return;
  if (await endsAfter(pid, 'SIGQUIT', 5_000)) return;
  await endsAfter(pid, 'SIGKILL', 5_000);
}

async function endsAfter(pid: number, signal: NodeJS.Signals, withinMs: number): Promise<boolean> {
  if (!isAlive(pid)) return true;
  try {
    process.kill(pid, signal);
  } catch {
    return !isAlive(pid);
  }
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    if (!isAlive(pid)) return true;
    await delay(pollMs);
  }
  return false;
}
