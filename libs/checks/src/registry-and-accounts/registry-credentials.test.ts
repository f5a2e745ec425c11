import type { ContainerEntry, DockerClientFolder } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import { aTidyHost } from '../testing/host-file-builders.ts';
import check from './registry-credentials.ts';

const mounting = (Source: string | undefined, image = 'app:1'): ContainerEntry =>
  aContainer({ image, inspect: { Mounts: [{ Type: 'bind', Source, Destination: '/x' }] } });
const hostOf = (folder: DockerClientFolder | undefined, ...containers: ContainerEntry[]) =>
  aSnapshot({ containers, hostFiles: aTidyHost({ clientFolders: folder === undefined ? [] : [folder] }) });
const read = (holdsCredential: boolean | undefined, proxyPassword = false): DockerClientFolder => ({
  home: '/root',
  state: 'read',
  registries: [{ name: 'registry.example', holdsCredential }],
  proxyPassword,
});
const absent: DockerClientFolder = { home: '/root', state: 'absent' };
const folder = '/root/.docker';

test.for<[string, string, string, ReturnType<typeof hostOf>]>([
  ['no file', 'pass', 'high', hostOf(absent)],
  ['a helper keeps the login', 'pass', 'high', hostOf(read(false))],
  ['a login that nothing mounts', 'fail', 'low', hostOf(read(true))],
  ['the password of a proxy', 'fail', 'low', hostOf(read(false, true))],
  ['a login whose folder is mounted', 'fail', 'high', hostOf(read(true), mounting(`${folder}/`))],
  ['a login whose file is mounted', 'fail', 'high', hostOf(read(true), mounting(`${folder}/config.json`))],
  ['a login below a mounted folder', 'fail', 'high', hostOf(read(true), mounting('/'))],
  ['a mounted folder that was not read', 'fail', 'high', hostOf(undefined, mounting(folder))],
  ['a mounted folder, no host files', 'fail', 'high', aSnapshot({ containers: [mounting(folder)] })],
  ['a folder far above that was not read', 'unknown', 'high', hostOf(undefined, mounting('/'))],
  ['a neighbour', 'pass', 'high', hostOf(absent, mounting('/root/.dockerignore'))],
  ['a helper, and the folder mounted', 'pass', 'high', hostOf(read(false), mounting(folder))],
  ['an entry not seen', 'unknown', 'high', hostOf(read(undefined))],
  ['mounts not seen', 'unknown', 'high', hostOf(absent, aContainer({ inspect: { Mounts: undefined } }))],
  ['nothing mounted, no host files', 'unknown', 'high', aSnapshot({ containers: [mounting('/srv')] })],
  ['Windows', 'not-applicable', 'high', aSnapshot({ info: { OSType: 'windows' } })],
])('%s: %s', ([, outcome, severity, snapshot]) => {
  expect(resultsOf(check, snapshot)).toMatchObject([{ outcome, severity }]);
});
test('explains an updater, and looks at every home it is told', () => {
  const [result] = resultsOf(check, hostOf(read(true), mounting(folder, 'containrrr/watchtower:1')));
  expect(result?.reason).toContain('only pull');
  expect(outcomesOf(check, hostOf(absent), { homes: ['/root', '/home/ci'] })).toEqual(['unknown']);
});
