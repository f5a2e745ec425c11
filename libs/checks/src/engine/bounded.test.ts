import { expect, test } from 'vitest';
import { bounded } from './bounded.ts';
import { fail } from './verdict.ts';

test('leaves a verdict of ordinary size as it is', () => {
  const judgement = fail('One thing is wrong', [{ source: 'HostConfig.CapAdd', value: ['SYS_ADMIN'] }]);
  expect(bounded(judgement)).toBe(judgement);
});

test('cuts long texts and lists, and says how long they were', () => {
  const long = 'x'.repeat(5000);
  const cut = `${'x'.repeat(2000)}… (5000 characters)`;
  expect(
    bounded(
      fail(long, [
        { source: 'Config.Image', value: long },
        { source: 'HostConfig.Binds', value: Array.from({ length: 101 }, () => long) },
        { source: 'HostConfig.Memory', value: 1 },
        { source: 'HostConfig.PidsLimit', value: null },
      ]),
    ),
  ).toMatchObject({
    reason: cut,
    evidence: [
      { value: cut },
      { value: [...Array.from({ length: 100 }, () => cut), '… (101 in all)'] },
      { value: 1 },
      { value: null },
    ],
  });
});

test('keeps the first hundred facts', () => {
  const facts = Array.from({ length: 101 }, (_, index) => ({ source: `Mounts[${index}]`, value: true }));
  expect(bounded(fail('Much is wrong', facts)).evidence).toEqual(facts.slice(0, 100));
});

test('does not leave half a character', () => {
  const { reason } = bounded(fail(`${'x'.repeat(1999)}😀${'x'.repeat(10)}`, []));
  expect(reason.isWellFormed()).toBe(true);
});
