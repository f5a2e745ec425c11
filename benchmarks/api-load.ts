import autocannon from 'autocannon';
import { z } from 'zod';

const seconds = 3;

const Result = z.object({
  requests: z.object({ average: z.number() }),
  errors: z.number(),
  non2xx: z.number(),
});

/** Requests a second that a server answers on so many connections, each with one request at a time. */
export const rateOf = async (
  url: string,
  { key, connections }: { readonly key: string; readonly connections: number },
): Promise<number> => {
  const { requests, errors, non2xx } = Result.parse(
    await autocannon({ url, connections, duration: seconds, headers: { authorization: `Bearer ${key}` } }),
  );
  if (errors > 0 || non2xx > 0) throw new Error(`GET ${url}: ${errors} errors, ${non2xx} answers that are none`);
  return requests.average;
};
