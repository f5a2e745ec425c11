import { expect, test } from 'vitest';
import { aSnapshot, outcomesOf } from '../testing/builders.ts';
import baseSize from './devicemapper-base-size.ts';

const size = (text: string) => [
  ['Pool Name', 'docker-pool'],
  ['Base Device Size', text],
];

test.for([
  ['passes at the default', 'devicemapper', size('10.74GB'), {}, 'pass'],
  ['passes at the default as older drivers print it', 'devicemapper', size('10.74 GB'), {}, 'pass'],
  ['fails at another size', 'devicemapper', size('107.4GB'), {}, 'fail'],
  ['passes at a size that was confirmed', 'devicemapper', size('107.4GB'), { confirmedSize: '107.4 GB' }, 'pass'],
  ['can not tell when the driver does not show it', 'devicemapper', [['Pool Name', 'x']], {}, 'unknown'],
  ['does not apply to another driver and its own size options', 'overlay2', size('107.4GB'), {}, 'not-applicable'],
  ['can not tell when the driver is missing', undefined, null, {}, 'unknown'],
] as const)('%s', ([, Driver, status, parameters, outcome]) => {
  const DriverStatus = status && status.map((pair) => [...pair]);
  expect(outcomesOf(baseSize, aSnapshot({ info: { Driver, DriverStatus } }), { ...parameters })).toEqual([outcome]);
});
