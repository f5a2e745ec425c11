import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Outcome, SubjectKind } from '@plimsoll/checks';
import { z } from 'zod';
import type { ComparedHost } from './compared-host.ts';

const run = promisify(execFile);

/** What the scan found: a result for every check and thing. */
export const Scanned = z.object({
  engineVersion: z.string().optional(),
  /** Why host files were not read; absent where they were. */
  hostFiles: z.string().optional(),
  /** The tags of each image. */
  imageTags: z.array(z.array(z.string())),
  results: z.array(
    z.object({
      check: z.string(),
      outcome: Outcome,
      subject: z.object({ kind: SubjectKind, name: z.string() }),
      reason: z.string(),
    }),
  ),
});
export type Scanned = z.infer<typeof Scanned>;

/** Scans the host by a process of its own in the host's network. Its whole life is measured, as the other's is. */
export const scan = async (host: ComparedHost): Promise<Scanned & { readonly wallMs: number }> => {
  const folder = join(host.folder, 'client');
  await mkdir(folder, { mode: 0o700 });
  await writeFile(join(folder, 'ca.pem'), host.tls.ca);
  await writeFile(join(folder, 'cert.pem'), host.tls.certificate);
  await writeFile(join(folder, 'key.pem'), host.tls.key, { mode: 0o600 });
  const command = [process.execPath, join(import.meta.dirname, 'scan-process.ts'), host.url, folder];
  const startedAt = performance.now();
  const { stdout } = await run('/usr/bin/nsenter', [...host.inItsNetwork, ...command], {
    maxBuffer: 256 * 1024 * 1024,
    timeout: 120_000,
  });
  return { ...Scanned.parse(JSON.parse(stdout)), wallMs: performance.now() - startedAt };
};
