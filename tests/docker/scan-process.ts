/** A scan with host files as a process of its own, to be killed as only a process can be. Its target comes as JSON. */
import { parseEngineAddress, selfHostedHostPolicy } from '@plimsoll/docker-engine';
import { z } from 'zod';
import { scanOnce } from './scan.ts';

const Given = z.object({
  url: z.string(),
  owner: z.string(),
  tls: z.object({ ca: z.string(), certificate: z.string(), key: z.string() }),
});
const { url, owner, tls } = Given.parse(JSON.parse(process.env['PLIMSOLL_TEST_SCAN'] ?? ''));
await scanOnce(
  { address: parseEngineAddress(url), tls, policy: selfHostedHostPolicy },
  { processLists: false, endpointProbe: false, hostFiles: { read: true, owner } },
);
