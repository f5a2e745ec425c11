import { describe, expect, test } from 'vitest';
import { hostFileContainerBody, recogniseReader } from './host-file-container.ts';

const label = 'io.plimsoll.host-file-reader';
const request = {
  imageId: `sha256:${'a'.repeat(64)}`,
  label,
  owner: 'worker:1',
  sources: [
    { path: '/etc', recursive: true },
    { path: '/run', recursive: false },
  ],
};

describe('the container that is asked for', () => {
  test('can not run, reach anything or write anything', () => {
    const body: unknown = JSON.parse(hostFileContainerBody(request));
    expect(body).toMatchObject({
      Image: request.imageId,
      Labels: { [label]: 'worker:1' },
      NetworkDisabled: true,
      HostConfig: { NetworkMode: 'none', ReadonlyRootfs: true, CapDrop: ['ALL'], RestartPolicy: { Name: 'no' } },
    });
    expect(body).not.toHaveProperty('HostConfig.Binds');
    expect(body).not.toHaveProperty('Volumes');
    expect(body).toHaveProperty('HostConfig.Mounts', [
      {
        Type: 'bind',
        Source: '/etc',
        Target: '/plimsoll-host/etc',
        ReadOnly: true,
        BindOptions: { NonRecursive: false },
      },
      {
        Type: 'bind',
        Source: '/run',
        Target: '/plimsoll-host/run',
        ReadOnly: true,
        BindOptions: { NonRecursive: true },
      },
    ]);
  });

  test.for([
    ['a name instead of a digest', { imageId: 'busybox' }],
    ['an owner with a line end', { owner: 'a\nb' }],
    ['no folder', { sources: [] }],
    ['a folder that leads out', { sources: [{ path: '/etc/../..', recursive: true }] }],
    ['the whole root', { sources: [{ path: '/', recursive: true }] }],
    ['a folder relative to nothing', { sources: [{ path: 'etc', recursive: true }] }],
    ['a field of its own', { Privileged: true }],
  ] as const)('is not made with %s', ([, change]) => {
    expect(() => hostFileContainerBody({ ...request, ...change })).toThrow('');
  });
});

const inspect = {
  Id: 'b'.repeat(64),
  Name: '/plimsoll-host-files-0123456789abcdef',
  Created: '2026-11-24T21:00:00Z',
  State: { Status: 'created', Running: false, StartedAt: '0001-01-01T00:00:00Z' },
  Config: { Labels: { [label]: 'worker:1' } },
  HostConfig: { NetworkMode: 'none', Binds: null },
  Mounts: [{ Type: 'bind', RW: false }],
};

describe('a container found on a host', () => {
  test('is a reader with its owner and age', () => {
    expect(recogniseReader(inspect, label)).toEqual({
      id: inspect.Id,
      name: 'plimsoll-host-files-0123456789abcdef',
      owner: 'worker:1',
      createdAtMs: Date.UTC(2026, 10, 24, 21),
    });
  });

  test.for([
    ['it runs', { State: { ...inspect.State, Status: 'running', Running: true } }],
    ['it ran before', { State: { ...inspect.State, StartedAt: '2026-11-24T20:00:00Z' } }],
    ['it has another name', { Name: '/web' }],
    ['it has no such label', { Config: { Labels: { other: 'worker:1' } } }],
    ['its label is of the prototype', { Config: { Labels: {} } }],
    ['it has a network', { HostConfig: { NetworkMode: 'bridge', Binds: null } }],
    ['it can write', { Mounts: [{ Type: 'bind', RW: true }] }],
    ['it has a volume', { Mounts: [{ Type: 'volume', RW: false }] }],
    ['it has binds', { HostConfig: { NetworkMode: 'none', Binds: ['/etc:/x:ro'] } }],
    ['its id is none', { Id: '../x' }],
  ] as const)("is somebody else's if %s", ([, change]) => {
    expect(recogniseReader({ ...inspect, ...change }, label)).toBeUndefined();
  });
});
