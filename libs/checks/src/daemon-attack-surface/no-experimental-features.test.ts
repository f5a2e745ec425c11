import type { EngineVersion } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aSnapshot, outcomesOf } from '../testing/builders.ts';
import noExperimentalFeatures from './no-experimental-features.ts';

const engine = (Experimental: string): EngineVersion['Components'] => [
  { Name: 'Engine', Version: '28.5.2', Details: { Experimental } },
];

const cases: [string, Parameters<typeof aSnapshot>[0], string][] = [
  ['passes when all say false', { version: { Experimental: false, Components: engine('false') } }, 'pass'],
  [
    'passes on the text false of the component alone, since Go leaves a false flag out',
    { version: { Components: engine('false') } },
    'pass',
  ],
  ['passes on what /info says alone', { info: { ExperimentalBuild: false } }, 'pass'],
  ['fails on the flag of /version', { version: { Experimental: true } }, 'fail'],
  ['fails on the text true of the component', { version: { Components: engine('true') } }, 'fail'],
  [
    'fails when one field says true and another false',
    { version: { Components: engine('false') }, info: { ExperimentalBuild: true } },
    'fail',
  ],
  [
    'does not need the header, which proxies drop',
    { version: { Components: engine('false') }, ping: { missing: 'denied', detail: '' } },
    'pass',
  ],
  ['listens to the header', { ping: { value: { experimental: true } } }, 'fail'],
  ['can not tell when nothing says anything', {}, 'unknown'],
  ['can not tell from another text', { version: { Components: engine('maybe') } }, 'unknown'],
  [
    'does not apply to Podman, whose two constants contradict each other',
    {
      version: { Components: [{ Name: 'Podman Engine', Version: '4.3.1', Details: null }], Experimental: false },
      info: { ExperimentalBuild: true },
    },
    'not-applicable',
  ],
];
test.for(cases)('%s', ([, given, outcome]) => {
  expect(outcomesOf(noExperimentalFeatures, aSnapshot(given))).toEqual([outcome]);
});
