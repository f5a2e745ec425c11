import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { streamScanEvents } from '../../api/generated/sdk.gen.ts';
import type { Scan, ScanProgressEvent } from '../../api/generated/types.gen.ts';
import { isRunning } from './useRunningScan.ts';

/**
 * Follows a scan live. A stream that breaks is taken up where it ended (Last-Event-ID); when the scan is over,
 * everything that was shown before it is asked for again.
 */
export const useScanEvents = (scan: Scan): ScanProgressEvent | undefined => {
  const queryClient = useQueryClient();
  const [latest, setLatest] = useState<ScanProgressEvent>();
  useEffect(() => {
    const gone = new AbortController();
    const follow = async (): Promise<void> => {
      const { stream } = await streamScanEvents({ path: { scanId: scan.id }, signal: gone.signal });
      for await (const event of stream) {
        setLatest(event);
        if (!isRunning(event)) break;
      }
      if (!gone.signal.aborted) await queryClient.invalidateQueries();
    };
    // Without a stream (a proxy that buffers) the page's own polling still tells.
    follow().catch(() => {});
    return () => gone.abort();
  }, [scan.id, queryClient]);
  return latest;
};
