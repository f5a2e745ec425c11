import type { HostFiles, HostPath } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import { aFile, aFolder, aLink, aTidyHost, nothing } from '../testing/host-file-builders.ts';
import checks from './registry-certificates.ts';

const [owner, mode] = checks;
if (owner === undefined || mode === undefined) throw new Error('two checks are expected');
const folder = '/etc/docker/certs.d/registry.example:5000';
const certs = (files: Record<string, HostPath>, more: HostFiles = {}, folders: HostPath = aFolder()) =>
  aSnapshot({
    hostFiles: aTidyHost({
      registryCertificates: Object.keys(files),
      ...more,
      paths: { '/etc/docker/certs.d': folders, [folder]: aFolder(), ...files, ...more.paths },
    }),
  });
const [ca, cert, key] = ['ca.crt', 'client.cert', 'client.key'].map((name) => `${folder}/${name}`) as [
  string,
  string,
  string,
];
const good = { [ca]: aFile({ mode: 0o444 }), [cert]: aFile({ mode: 0o444 }), [key]: aFile({ mode: 0o400 }) };

test('passes when all belong to root and are closed enough', () => {
  expect([owner, mode].flatMap((check) => outcomesOf(check, certs(good)))).toEqual(['pass', 'pass']);
});
test.for([ca, cert, key])('fails when %s belongs to another', (path) => {
  expect(outcomesOf(owner, certs({ ...good, [path]: aFile({ mode: 0o400, gid: 100 }) }))).toEqual(['fail']);
});
test('keys can be left out of the owners', () => {
  const snapshot = certs({ ...good, [key]: aFile({ uid: 5 }) });
  expect(outcomesOf(owner, snapshot, { includeKeys: false })).toEqual(['pass']);
});
test('a folder that belongs to another fails, one that nobody saw leaves it open', () => {
  expect(outcomesOf(owner, certs(good, {}, aFolder({ uid: 1000 })))).toEqual(['fail']);
  expect(outcomesOf(owner, certs(good, {}, {}))).toEqual(['unknown']);
});
test.for<[string, string, number]>([
  ['a certificate that others may write, by a smaller number', ca, 0o426],
  ['a certificate that its owner may write', cert, 0o644],
  ['a key that others may read', key, 0o444],
])('fails for %s', ([, path, bits]) => {
  expect(outcomesOf(mode, certs({ ...good, [path]: aFile({ mode: bits }) }))).toEqual(['fail']);
});
test('that only the owner may write can be told as a remark', () => {
  const snapshot = certs({ ...good, [ca]: aFile({ mode: 0o644 }) });
  expect(resultsOf(mode, snapshot, { tolerateOwnerWrite: true })).toMatchObject([{ severity: 'info' }]);
});
test('links into the system are followed', () => {
  const behind = { '/etc/pki/ca.crt': aFile({ mode: 0o666, uid: 5 }) };
  const snapshot = certs({ ...good, [ca]: aLink('/etc/pki/ca.crt') }, { paths: behind });
  expect([owner, mode].flatMap((check) => outcomesOf(check, snapshot))).toEqual(['fail', 'fail']);
});
test.for<[string, HostFiles]>([
  ['not-applicable', { registryCertificates: [] }],
  ['not-applicable', { registryCertificates: null, paths: { '/etc/docker/certs.d': nothing } }],
  ['unknown', { registryCertificates: undefined }],
])('%s for %o', ([outcome, more]) => {
  for (const check of [owner, mode]) expect(outcomesOf(check, certs({}, more))).toEqual([outcome]);
});
test('can not tell without host files, nor a mode or an owner that was not seen', () => {
  for (const check of [owner, mode]) expect(outcomesOf(check, aSnapshot())).toEqual(['unknown']);
  expect(outcomesOf(owner, certs({ [ca]: aFile({ uid: undefined }) }))).toEqual(['unknown']);
  expect(outcomesOf(mode, certs({ [ca]: aFile({ mode: undefined }) }))).toEqual(['unknown']);
});
