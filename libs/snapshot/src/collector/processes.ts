import { z } from 'zod';
import type { ContainerProcess } from '../schema/container.ts';

const TopAnswer = z.object({
  Titles: z.array(z.string()),
  Processes: z.array(z.array(z.string())).nullish(),
});
const processesLimit = 10_000;

/** The table of `GET /containers/{id}/top`, whose columns are named as the host's `ps` names them. */
export const parseProcesses = (answer: unknown): ContainerProcess[] => {
  const { Titles, Processes } = TopAnswer.parse(answer);
  const column = (...titles: string[]): number => Titles.findIndex((title) => titles.includes(title.toUpperCase()));
  const pid = column('PID');
  const parentPid = column('PPID');
  const user = column('EUID', 'UID', 'EUSER', 'USER');
  const group = column('EGID', 'GID', 'EGROUP', 'GROUP');
  const command = column('COMMAND', 'CMD', 'ARGS');
  const numberAt = (row: readonly string[], index: number): number | undefined => {
    const value = Number(row[index]);
    return Number.isInteger(value) ? value : undefined;
  };
  return (Processes ?? []).slice(0, processesLimit).map((row) => ({
    pid: numberAt(row, pid),
    parentPid: numberAt(row, parentPid),
    user: row[user],
    group: row[group],
    command: row[command],
  }));
};
