import { describe, expect, test } from 'vitest';
import { type AllowedRequest, allowedRequests, processColumns, requestTarget } from './allowed-requests.ts';

const all: [string, AllowedRequest][] = Object.entries(allowedRequests);

describe('the table', () => {
  test('holds reads of tier 0 and nothing else', () => {
    for (const [name, request] of all) {
      expect({ name, ...request }).toMatchObject({ method: 'GET', tier: 0 });
      expect(request.limitBytes).toBeGreaterThan(0);
      expect(request.deadlineMs).toBeLessThanOrEqual(60_000);
    }
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
