import { expect, test } from 'vitest';
import { aSnapshot, resultsOf } from '../testing/builders.ts';
import check from './host-hardening-standard.ts';

test('is a question for a person, whatever security modules are on', () => {
  const snapshot = aSnapshot({ info: { SecurityOptions: ['name=apparmor', 'name=selinux'] } });
  expect(resultsOf(check, snapshot)).toMatchObject([
    { outcome: 'unknown', wouldTell: expect.stringContaining('which standard'), subject: { kind: 'host' } },
  ]);
});
