import { describe, expect, test } from 'vitest';
import { type AllowedRequest, allowedRequests, processColumns, requestTarget } from './allowed-requests.ts';

const all: [string, AllowedRequest][] = Object.entries(allowedRequests);

const tierTwo = ['containerCreate', 'archiveStat', 'archiveRead', 'containerRemove'];

describe('the table', () => {
  test('holds reads of tier 0, and four requests of tier 2', () => {
    for (const [name, request] of all) {
      if (!tierTwo.includes(name)) expect({ name, ...request }).toMatchObject({ method: 'GET', tier: 0 });
      expect(request.limitBytes).toBeGreaterThan(0);
      expect(request.deadlineMs).toBeLessThanOrEqual(60_000);
    }
    expect(all.filter(([, { tier }]) => tier !== 0).map(([name, { method, tier }]) => [name, method, tier])).toEqual([
      ['containerCreate', 'POST', 2],
      ['archiveStat', 'HEAD', 2],
      ['archiveRead', 'GET', 2],
      ['containerRemove', 'DELETE', 2],
    ]);
  });

  test('lets an archive be read for two seconds and a mebibyte at most', () => {
    expect(allowedRequests.archiveRead).toMatchObject({ deadlineMs: 2_000, limitBytes: 1024 * 1024 });
  });

  test.for(['/swarm', '/swarm/unlockkey', '/events', '/containers/{id}/logs', '/containers/{id}/export', '/system/df'])(
    'can not ask for %s',
    (path) => {
      expect(all.map(([, request]) => request.path)).not.toContain(path);
    },
  );
});

describe('the target of a request', () => {
  test('is versioned and encoded', () => {
    expect(requestTarget('imageInspect', '1.41', { id: 'sha256:ab12' })).toBe('/v1.41/images/sha256%3Aab12/json');
    expect(requestTarget('ping', '1.41')).toBe('/_ping');
    expect(requestTarget('containerTop', '1.52', { id: 'a1' }, { ps_args: processColumns })).toBe(
      '/v1.52/containers/a1/top?ps_args=-eo+pid%2Cppid%2Ceuid%2Cegid%2Cargs',
    );
  });

  test.for(['../../exec', 'a/b', '', '.', '..', 'a?b=c', 'a b', '%2e%2e', 'a\r\nX: y', `a${'b'.repeat(300)}`, 'ä'])(
    'refuses the segment %j',
    (id) => {
      expect(() => requestTarget('containerInspect', '1.41', { id })).toThrow(RangeError);
    },
  );

  test('asks below our own folder of the container', () => {
    expect(requestTarget('archiveStat', '1.41', { id: 'a1' }, { path: '/plimsoll-host/etc/a b' })).toBe(
      '/v1.41/containers/a1/archive?path=%2Fplimsoll-host%2Fetc%2Fa+b',
    );
  });

  test.for([
    '/etc/passwd',
    '/plimsoll-host',
    '/plimsoll-host/',
    '/plimsoll-host/../etc',
    '/plimsoll-host/etc/./passwd',
    '/plimsoll-host/etc/..',
    '/plimsoll-host//etc',
    '/plimsoll-host/etc/',
    '/plimsoll-hostile/etc',
    'plimsoll-host/etc',
    '/plimsoll-host/etc\n',
    '/plimsoll-host/a\u0000b',
    '/plimsoll-host/\ud800',
    `/plimsoll-host/${'a'.repeat(256)}`,
    '/plimsoll-host/a'.repeat(1) + '/a'.repeat(64),
  ])('never asks the archive for %j', (path) => {
    expect(() => requestTarget('archiveRead', '1.41', { id: 'a1' }, { path })).toThrow(RangeError);
  });

  test.for([
    ['a name of its own', 'containerCreate', { name: 'web' }],
    ['a removal by force', 'containerRemove', { force: '1' }],
    ['a removal that leaves volumes', 'containerRemove', { v: '0' }],
  ] as const)('has no way to ask for %s', ([, name, query]) => {
    expect(() => requestTarget(name, '1.41', { id: 'a1' }, query)).toThrow(RangeError);
  });

  test('refuses a missing segment', () => {
    expect(() => requestTarget('containerInspect', '1.41')).toThrow(RangeError);
  });

  test.for([
    ['a parameter that the table does not name', 'containerInspect', { size: '1' }],
    ['a value that the table does not name', 'containerStats', { stream: 'true' }],
    ['a parameter of the prototype', 'containerInspect', { constructor: '1' }],
  ] as const)('refuses %s', ([, name, query]) => {
    expect(() => requestTarget(name, '1.41', { id: 'a1' }, query)).toThrow(RangeError);
  });
});
