import { spawn } from 'node:child_process';

/** How long sessions may go on after their Plimsoll is gone, in seconds: API and worker drain meanwhile. */
const graceSeconds = 40;

/**
 * Waits for the end of its input, which is the end of the process that holds the other side of the pipe. The smart
 * way of stopping (TERM) lets the sessions of API and worker end by themselves; the fast one (INT) cuts what is left.
 * The name is compared first, since numbers of processes are used again.
 */
const script = `
read -r _
is_server() {
  case "$(ps -p "$1" -o comm= 2>/dev/null || cat "/proc/$1/comm" 2>/dev/null)" in *postgres*) return 0 ;; esac
  return 1
}
is_server "$1" && kill -TERM "$1"
waited=0
while is_server "$1" && [ "$waited" -lt ${graceSeconds} ]; do sleep 1; waited=$((waited + 1)); done
is_server "$1" && kill -INT "$1"
`;

/** Watches over a server on behalf of this process. */
export interface OrphanGuard {
  /** To be called before the server is stopped in order. */
  release(): void;
}

/** Ends the server when this process is gone without having done so: killed, or out of memory. */
export function guardServer(pid: number): OrphanGuard {
  // A process group of its own: what is sent to the group of a terminal must not end the guard first.
  const guard = spawn('/bin/sh', ['-c', script, 'plimsoll-postgres-guard', String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  });
  // Without a shell there is no guard; the next start takes the server over all the same.
  guard.on('error', () => {});
  guard.stdin.on('error', () => {});
  guard.unref();
  if ('unref' in guard.stdin && typeof guard.stdin.unref === 'function') guard.stdin.unref();
  return {
    release: () => {
      guard.kill('SIGKILL');
    },
  };
}
