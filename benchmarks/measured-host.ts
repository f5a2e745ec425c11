import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { EngineTarget } from '@plimsoll/docker-engine';
import { z } from 'zod';

/** A Docker host that a bench scans, over mutual TLS. */
export interface MeasuredHost {
  /** e.g. `tcp://127.0.0.1:41234` */
  readonly url: string;
  readonly tls: NonNullable<EngineTarget['tls']>;
  stop(): Promise<void>;
}

const Ready = z.object({
  url: z.string(),
  tls: z.object({ ca: z.string(), certificate: z.string(), key: z.string() }),
});

/** The sample host with so many containers, in a process of its own. */
export const startHostProcess = async (containers: number): Promise<MeasuredHost> => {
  const child = fork(join(import.meta.dirname, 'simulated-host-process.ts'), [String(containers)]);
  const [message] = await once(child, 'message');
  return {
    ...Ready.parse(message),
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
};
