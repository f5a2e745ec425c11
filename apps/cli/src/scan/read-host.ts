import type { HostSnapshot } from '@plimsoll/snapshot';
import { terminal } from '../output/terminal.ts';
import { type EndpointOptions, findEndpoint } from './docker-endpoint.ts';
import { takeSnapshot } from './scan-host.ts';

/** Finds the host as the Docker client would and reads it, with progress on the terminal; Ctrl-C gives up. */
export const readHost = async (
  options: EndpointOptions,
  { processLists, hostFiles }: { processLists: boolean; hostFiles: boolean },
): Promise<HostSnapshot> => {
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  process.once('SIGINT', interrupt);
  try {
    return await takeSnapshot({
      endpoint: findEndpoint(options, process.env),
      processLists,
      hostFiles,
      signal: interrupted.signal,
      onProgress: terminal.progress,
    });
  } finally {
    process.off('SIGINT', interrupt);
    terminal.endProgress();
  }
};
