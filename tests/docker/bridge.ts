import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A bridge of one daemon's own: `--bridge none` would delete docker0 of every other daemon. */
export interface Bridge {
  readonly name: string;
  release(): Promise<void>;
}

export const claimBridge = async (owner: string): Promise<Bridge> => {
  const hash = createHash('sha256').update(`${owner} ${process.pid} ${process.hrtime.bigint()}`).digest();
  const name = `plm${hash.toString('hex').slice(0, 8)}`; // an interface's name has at most 15 characters
  await run('ip', ['link', 'add', name, 'type', 'bridge']);
  const release = async (): Promise<void> => {
    await run('ip', ['link', 'delete', name]).catch(() => undefined);
  };
  try {
    await run('ip', ['addr', 'add', `${await freeSubnet(hash)}.1/24`, 'dev', name]);
    await run('ip', ['link', 'set', name, 'up']);
    return { name, release };
  } catch (error) {
    await release();
    throw error;
  }
};

const freeSubnet = async (hash: Buffer): Promise<string> => {
  const { stdout } = await run('ip', ['-4', '-o', 'route', 'show', 'table', 'all']);
  for (const byte of hash) {
    const subnet = `10.213.${byte}`;
    if (!stdout.includes(`${subnet}.`)) return subnet;
  }
  throw new Error('no free subnet for a bridge');
};
