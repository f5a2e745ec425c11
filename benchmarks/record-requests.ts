import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { z } from 'zod';
import type { MeasuredHost } from './measured-host.ts';
import { scanOnce } from './scan-once.ts';

const Created = z.object({ request: z.object({ path: z.string() }) });

/** The paths, with version and query, that one scan asks for, in order: what its HTTP client itself reports. */
export const recordRequests = async (host: MeasuredHost): Promise<string[]> => {
  const paths: string[] = [];
  const note = (message: unknown): void => void paths.push(Created.parse(message).request.path);
  subscribe('undici:request:create', note);
  try {
    await scanOnce(host, { endpointProbe: false });
  } finally {
    unsubscribe('undici:request:create', note);
  }
  return paths;
};
