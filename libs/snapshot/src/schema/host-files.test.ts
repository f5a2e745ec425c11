import { expect, test } from 'vitest';
import { HostFiles } from './host-files.ts';

test('what is of a wrong type is not seen, and what is not there stays told', () => {
  expect(
    HostFiles.parse({
      paths: { '/etc/docker': { exists: true, kind: 'folder', mode: '755', uid: 0 }, '/etc/audit': { exists: false } },
      units: { 'docker.service': { path: null, masked: 'no' } },
      environmentFiles: { '/etc/default/docker': null },
      daemonConfig: { path: '/etc/docker/daemon.json', state: 'half' },
      kernelOptions: null,
      mounts: 'none',
    }),
  ).toEqual({
    paths: {
      '/etc/docker': { exists: true, kind: 'folder', mode: undefined, uid: 0 },
      '/etc/audit': { exists: false },
    },
    units: { 'docker.service': { path: null, masked: undefined } },
    environmentFiles: { '/etc/default/docker': null },
    daemonConfig: { path: '/etc/docker/daemon.json', state: undefined },
    kernelOptions: null,
    mounts: undefined,
  });
});

test('nothing but named facts is kept', () => {
  const paths = { '/etc/docker/key.pem': { exists: true, content: 'a private key' } };
  expect(HostFiles.parse({ paths, shadow: 'root:x' })).toEqual({ paths: { '/etc/docker/key.pem': { exists: true } } });
});
