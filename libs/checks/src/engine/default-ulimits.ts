import { z } from 'zod';
import { objectOf } from './configured-option.ts';
import type { DaemonOption } from './daemon-flags.ts';

export const defaultUlimitsOption: DaemonOption = { flags: ['--default-ulimit'], key: 'default-ulimits' };

/** Both limits of one name; -1 is no limit. */
export interface DefaultUlimit {
  readonly soft: number;
  readonly hard: number;
}

/**
 * The daemon's default ulimits by name, of every value of the option: `nofile=1024:4096`, or the object in daemon.json as
 * text. Undefined where one is not understood.
 */
export const readDefaultUlimits = (values: readonly string[]): ReadonlyMap<string, DefaultUlimit> | undefined => {
  const limits = new Map<string, DefaultUlimit>();
  for (const value of values) {
    const read = objectOf(value) === undefined ? flagIn(value) : objectIn(value);
    if (read === undefined) return undefined;
    for (const [name, limit] of read) limits.set(name, limit);
  }
  return limits;
};

const flagIn = (text: string): [string, DefaultUlimit][] | undefined => {
  const [, name, soft, hard] = /^([a-z]+)=(-?\d+)(?::(-?\d+))?$/.exec(text) ?? [];
  return name === undefined ? undefined : [[name, { soft: Number(soft), hard: Number(hard ?? soft) }]];
};

const Defaults = z.record(z.string(), z.object({ Soft: z.number().default(0), Hard: z.number() }));
const objectIn = (text: string): [string, DefaultUlimit][] | undefined => {
  const read = Defaults.safeParse(objectOf(text));
  return read.success
    ? Object.entries(read.data).map(([name, { Soft, Hard }]) => [name, { soft: Soft, hard: Hard }])
    : undefined;
};
