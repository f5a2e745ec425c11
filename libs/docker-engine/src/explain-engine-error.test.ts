import { expect, test } from 'vitest';
import { EngineError, engineErrorReasons, quoteHostText } from './engine-error.ts';
import { explainEngineError } from './explain-engine-error.ts';

test.for(engineErrorReasons)('%s is told with a title and a next step', (reason) => {
  const { title, detail, nextStep } = explainEngineError(new EngineError(reason, { detail: 'seen' }));
  expect(title).toMatch(/^[A-Z].{10,}[^.]$/u);
  expect(detail).toBe('seen');
  expect(nextStep).toMatch(/^[A-Z].{20,}\.$/su);
});

test('a refusal names its setting', () => {
  const error = new EngineError('address-refused', { detail: 'no', setting: 'PLIMSOLL_HOSTS_ALLOW_PRIVATE' });
  expect(explainEngineError(error).nextStep).toContain('PLIMSOLL_HOSTS_ALLOW_PRIVATE');
});

test('text from a host is one short line without control or direction characters', () => {
  expect(quoteHostText('a\r\nb\u001b[31mc\u0000\u202ed')).toBe('a b [31mc d');
  expect(quoteHostText('x'.repeat(1_000))).toHaveLength(201);
  expect(quoteHostText('\ud800').isWellFormed()).toBe(true);
});
