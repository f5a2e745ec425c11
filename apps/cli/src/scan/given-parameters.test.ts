import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Check, defineCheck } from '@plimsoll/checks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CommandFailed } from '../output/command-failed.ts';
import { readGivenParameters } from './given-parameters.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parameters-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const checks: readonly Check[] = [
  defineCheck({
    id: 'file-mode',
    theme: 'host',
    severity: 'low',
    subject: 'host',
    title: 'A file has a mode',
    rationale: 'For the test',
    remediation: 'None',
    decidedBy: 'Nothing',
    needs: [],
    sources: [],
    parameters: z.strictObject({
      maxMode: z
        .string()
        .regex(/^[0-7]{3,4}$/)
        .default('644'),
      maxDays: z.number().min(1).default(30),
      owners: z.array(z.string()).default(['root']),
      strict: z.boolean().default(false),
    }),
    evaluate: () => [],
  }),
];
const read = (...parameter: string[]) => readGivenParameters({ parameter }, checks);
const refusal = (work: () => unknown): CommandFailed => {
  try {
    work();
  } catch (error) {
    if (error instanceof CommandFailed) return error;
    throw error;
  }
  throw new Error('It was taken');
};

describe('a parameter of the command line', () => {
  test.for([
    ['a number', 'file-mode.maxDays=7', { maxDays: 7 }],
    ['digits where the check takes a text', 'file-mode.maxMode=600', { maxMode: '600' }],
    ['a plain word', 'file-mode.maxMode=0600', { maxMode: '0600' }],
    ['a list as JSON', 'file-mode.owners=["a","b=c"]', { owners: ['a', 'b=c'] }],
    ['a truth value', 'file-mode.strict=true', { strict: true }],
  ] as const)('is taken as %s', ([, text, values]) => {
    expect(read(text)).toEqual({ 'file-mode': values });
  });

  test.for([
    ['without a value', 'file-mode.maxDays', 'parameter-malformed', /is no parameter/],
    ['without a name', 'file-mode=7', 'parameter-malformed', /is no parameter/],
    ['of a check that there is not', 'no-check.maxDays=7', 'check-not-found', /no check "no-check"/],
    ['that the check has not', 'file-mode.days=7', 'parameter-invalid', /file-mode.days: The check has no such/],
    ['of the wrong type', 'file-mode.maxDays=many', 'parameter-invalid', /file-mode.maxDays: .*expected number/],
    ['out of range', 'file-mode.maxDays=0', 'parameter-invalid', /file-mode.maxDays: /],
    ['with a wrong member', 'file-mode.owners=["a",7]', 'parameter-invalid', /file-mode.owners at 1: /],
  ] as const)('%s is refused with exit code 2', ([, text, slug, message]) => {
    const failed = refusal(() => read(text));
    expect(failed).toMatchObject({ slug, exitCode: 2 });
    expect(failed.message).toMatch(message);
  });
});

describe('a file of parameters', () => {
  const file = (content: string): string => {
    const path = join(folder, 'parameters.json');
    writeFileSync(path, content);
    return path;
  };

  test('is taken, and the command line wins over it', () => {
    const parameters = file('{"file-mode":{"maxDays":7,"strict":true}}');
    expect(readGivenParameters({ parameters, parameter: ['file-mode.maxDays=9'] }, checks)).toEqual({
      'file-mode': { maxDays: 9, strict: true },
    });
  });

  test.for([
    ['no JSON', '{', 'parameters-unreadable'],
    ['of another shape', '{"file-mode":7}', 'parameters-unreadable'],
    ['with a bad value', '{"file-mode":{"maxDays":"x"}}', 'parameter-invalid'],
  ] as const)('%s is refused with exit code 2', ([, content, slug]) => {
    expect(refusal(() => readGivenParameters({ parameters: file(content) }, checks))).toMatchObject({
      slug,
      exitCode: 2,
    });
  });

  test('that is not there is refused by its name', () => {
    const failed = refusal(() => readGivenParameters({ parameters: join(folder, 'none.json') }, checks));
    expect(failed.message).toContain('none.json');
  });
});
