/**
 * Scans the compared host from within its network, as anyone who may reach its API could: over mutual TLS, with
 * nothing else of the host. Arguments: the API's URL, a folder with ca.pem, cert.pem and key.pem. Prints JSON.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { judge } from '@plimsoll/checks';
import { EngineClient, parseEngineAddress, selfHostedHostPolicy } from '@plimsoll/docker-engine';
import { valueOf } from '@plimsoll/snapshot';
import { collectSnapshot } from '@plimsoll/snapshot/collector';
import { allChecks } from './all-checks.ts';
import type { Scanned } from './scanned.ts';

const [url = '', folder = ''] = process.argv.slice(2);
const material = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
const client = await EngineClient.connect(
  {
    address: parseEngineAddress(url),
    tls: { ca: await material('ca.pem'), certificate: await material('cert.pem'), key: await material('key.pem') },
    policy: selfHostedHostPolicy,
  },
  { tier: 2 },
);
const snapshot = await collectSnapshot(client, {
  processLists: true,
  hostFiles: { read: true, owner: 'comparison' },
  now: new Date(),
});
await client.close();
const scanned: Scanned = {
  engineVersion: valueOf(snapshot.version)?.Version,
  hostFiles: 'missing' in snapshot.hostFiles ? snapshot.hostFiles.detail : undefined,
  imageTags: (valueOf(snapshot.images) ?? []).map(({ repoTags }) => repoTags),
  results: judge(snapshot, allChecks).map(({ check, outcome, subject, reason }) => ({
    check: check.id,
    outcome,
    subject: { kind: subject.kind, name: subject.name },
    reason,
  })),
};
process.stdout.write(JSON.stringify(scanned));
