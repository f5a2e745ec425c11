import { expect, test } from 'vitest';
import { HostConfig } from './container.ts';
import { isMissing, part, valueOf } from './part.ts';
import { z } from 'zod';

test('a field of a wrong type is not seen, an explicit null stays', () => {
  expect(HostConfig.parse({ Privileged: 'yes', PidsLimit: null, CapAdd: 'ALL', Binds: null })).toEqual({
    PidsLimit: null,
    Privileged: undefined,
    CapAdd: undefined,
    Binds: null,
  });
});

test('a missing part keeps its reason', () => {
  const parsed = part(z.array(z.string())).parse({ missing: 'timed-out', detail: 'after 10 s' });
  expect(isMissing(parsed)).toBe(true);
  expect(valueOf(parsed)).toBeUndefined();
});
