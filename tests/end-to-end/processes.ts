import { readFile, readdir } from 'node:fs/promises';

export interface RunningProcess {
  readonly pid: number;
  /** Program and arguments, separated by spaces. */
  readonly commandLine: string;
  /** What it was started with. */
  readonly environment: string;
}

const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

/** Every process of this machine that was given this data folder, by an argument or in its environment. */
export const processesOf = async (dataDir: string): Promise<RunningProcess[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/u.test(name) && Number(name) !== process.pid);
  const found = await Promise.all(
    pids.map(async (name) => {
      // Of a process that has ended and was not collected yet, both are empty.
      const [commandLine, environment] = await Promise.all([
        textOf(`/proc/${name}/cmdline`),
        textOf(`/proc/${name}/environ`),
      ]);
      if (!commandLine.includes(dataDir) && !environment.includes(dataDir)) return [];
      return [{ pid: Number(name), commandLine: commandLine.split('\0').join(' ').trim(), environment }];
    }),
  );
  return found.flat();
};

/** The one process of the data folder whose command line holds the text. */
export const processRunning = async (dataDir: string, text: string): Promise<number> => {
  const fitting = (await processesOf(dataDir)).filter(({ commandLine }) => commandLine.includes(text));
  const [one, ...more] = fitting;
  if (one === undefined || more.length > 0) throw new Error(`${fitting.length} processes run ${text}`);
  return one.pid;
};
