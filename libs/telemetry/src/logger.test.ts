import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';
import { NestLogger } from './nest-logger.ts';

const logged = (write: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] => {
  const lines: string[] = [];
  const logger = createLogger({ level: 'trace', service: 'test' }, { write: (text: string) => void lines.push(text) });
  write(logger);
  return lines.map((text) => JSON.parse(text) as Record<string, unknown>);
};

test.for([
  ['at the top', { password: 'hunter2hunter2' }],
  ['one level down', { body: { key: 'hunter2hunter2' } }],
  ['two levels down', { req: { headers: { authorization: 'hunter2hunter2' } } }],
  ['under a name with a hyphen', { headers: { 'set-cookie': 'hunter2hunter2' } }],
  ['under a name of another case', { Private_Key: 'hunter2hunter2' }],
  ['far down, in a list', { a: { b: { c: [{ d: { token: 'hunter2hunter2' } }] } } }],
  ['on an error', { err: Object.assign(new Error('x'), { config: { headers: { Authorization: 'hunter2hunter2' } } }) }],
])('a secret %s is cut', ([, fields]) => {
  const [line] = logged((logger) => logger.info(fields, 'slipped'));
  expect(JSON.stringify(line)).not.toContain('hunter2hunter2');
  expect(JSON.stringify(line)).toContain('[redacted]');
});

test('what is logged is not changed by it, and cycles end', () => {
  const fields: Record<string, unknown> = { body: { password: 'hunter2hunter2' }, password: null };
  fields['self'] = fields;
  const [line] = logged((logger) => logger.info(fields, 'x'));
  expect(line).toMatchObject({ body: { password: '[redacted]' }, password: null });
  expect(fields).toMatchObject({ body: { password: 'hunter2hunter2' } });
});

test('a line says when, how grave and by which process', () => {
  const [line] = logged((logger) => logger.warn({ hostId: 'h' }, 'host unreachable'));
  expect(line).toMatchObject({ level: 'warn', service: 'test', hostId: 'h', msg: 'host unreachable' });
  expect(line?.['time']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
});

test('the chatter of Nest is debug, its errors keep context and stack', () => {
  const lines = logged((logger) => {
    const nest = new NestLogger(logger);
    nest.log('Mapped {/x, GET} route', 'RouterExplorer');
    nest.error('broken', 'Error: broken\n at x', 'Injector');
  });
  expect(lines).toMatchObject([
    { level: 'debug', context: 'RouterExplorer', msg: 'Mapped {/x, GET} route' },
    { level: 'error', context: 'Injector', stack: 'Error: broken\n at x' },
  ]);
});

test('lines for people say the same in words', () => {
  const lines: string[] = [];
  const destination = new Writable({
    decodeStrings: false,
    write: (text: string, _encoding, done) => {
      lines.push(text);
      done();
    },
  });
  createLogger({ level: 'info', service: 'test', format: 'pretty' }, destination).info(
    { hostId: 'h' },
    'scan finished',
  );
  expect(lines.join('')).toMatch(/INFO.*scan finished[\s\S]*hostId: "h"/);
});
