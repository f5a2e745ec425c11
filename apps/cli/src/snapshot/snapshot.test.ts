import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulatedHost } from '@plimsoll/engine-simulator';
import { expect, onTestFinished, test } from 'vitest';
import { judgeSnapshot, takeSnapshot } from '../scan/scan-host.ts';
import { readSnapshotFile } from './snapshot-file.ts';

const aFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-snapshot-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
};

test.for([
  ['a snapshot', false],
  ['a snapshot with files of the host', true],
] as const)('%s judged from its file gives the same report, to the byte, as the direct scan', async ([, hostFiles]) => {
  const host = await startSimulatedHost();
  onTestFinished(() => host.close());
  const folder = aFolder();
  writeFileSync(join(folder, 'ca.pem'), host.tls.ca);
  writeFileSync(join(folder, 'cert.pem'), host.tls.certificate);
  writeFileSync(join(folder, 'key.pem'), host.tls.key);
  const snapshot = await takeSnapshot({
    endpoint: { address: host.url, tlsFolder: folder, origin: 'the test' },
    processLists: true,
    hostFiles,
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  expect('value' in snapshot.hostFiles).toBe(hostFiles);
  expect(host.readers.all).toEqual([]);
  const file = join(folder, 'host.json');
  writeFileSync(file, JSON.stringify(snapshot));
  const direct = judgeSnapshot(snapshot).report;
  expect(direct.results.length).toBeGreaterThan(100);
  expect(JSON.stringify(judgeSnapshot(readSnapshotFile(file)).report)).toBe(JSON.stringify(direct));
});

test.for([
  ['a file that is not there', undefined, /ENOENT/],
  ['something that is no JSON', 'FROM scratch', /JSON/],
  ['JSON of another kind', '{"a":1}', /no schema version/],
  ['a snapshot of another version', '{"schemaVersion":99}', /schema version 99/],
  ['half a snapshot', '{"schemaVersion":1}', /takenAt/],
] as const)('refuses %s and says why', ([, content, why]) => {
  const file = join(aFolder(), 'host.json');
  if (content !== undefined) writeFileSync(file, content);
  expect(() => readSnapshotFile(file)).toThrow(
    expect.objectContaining({ slug: 'snapshot-unreadable', exitCode: 2, why: expect.stringMatching(why) }),
  );
});
