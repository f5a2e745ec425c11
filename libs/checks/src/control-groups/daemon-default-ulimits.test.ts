import type { HostConfig } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aContainer, aSnapshot, outcomesOf } from '../testing/builders.ts';
import defaultUlimits from './daemon-default-ulimits.ts';

const containersWith = (...lists: HostConfig['Ulimits'][]) =>
  lists.map((Ulimits, index) => aContainer({ name: `c${index}`, hostConfig: { Ulimits } }));
const nofile = { Name: 'nofile', Soft: 1024, Hard: 4096 };
const nproc = { Name: 'nproc', Soft: 100, Hard: 100 };
const required = { requiredUlimits: ['nofile'] };

const cases: [string, ReturnType<typeof containersWith>, Record<string, unknown>, string][] = [
  ['fails when one container has no ulimit', containersWith([nofile], []), {}, 'fail'],
  ['takes null for Go’s empty list', containersWith(null), {}, 'fail'],
  ['fails when one container lacks a required name', containersWith([nofile, nproc], [nproc]), required, 'fail'],
  ['can not tell a container’s own ulimits from the defaults', containersWith([nofile], [nofile]), required, 'unknown'],
  [
    'can not tell which ulimit an entry without a name is',
    containersWith([{ ...nofile, Name: undefined }]),
    required,
    'unknown',
  ],
  ['can not tell without a container', [], {}, 'unknown'],
  ['can not tell when the field is missing', containersWith(undefined), {}, 'unknown'],
  [
    'can not tell when the container could not be inspected',
    [aContainer({ inspect: { missing: 'timed-out', detail: '' } })],
    {},
    'unknown',
  ],
];
test.for(cases)('%s', ([, containers, parameters, outcome]) => {
  expect(outcomesOf(defaultUlimits, aSnapshot({ containers }), parameters)).toEqual([outcome]);
});

test('does not apply to Podman, which always fills the list, nor to Windows', () => {
  const version = { Components: [{ Name: 'Podman Engine', Version: '4.3.1', Details: null }] };
  const containers = containersWith([]);
  expect(outcomesOf(defaultUlimits, aSnapshot({ version, containers }))).toEqual(['not-applicable']);
  expect(outcomesOf(defaultUlimits, aSnapshot({ info: { OSType: 'windows' }, containers }))).toEqual([
    'not-applicable',
  ]);
});
