import { expect, test } from 'vitest';
import { aSnapshot, outcomesOf } from '../testing/builders.ts';
import noAufs from './no-aufs-storage-driver.ts';

test.for([
  ['fails on aufs', 'aufs', {}, 'fail'],
  ['finds aufs among the drivers of several systems', 'windowsfilter (windows) aufs (linux)', {}, 'fail'],
  ['passes on overlay2', 'overlay2', {}, 'pass'],
  ['passes on overlay2 where the policy names overlay', 'overlay2', { deprecatedDrivers: ['aufs', 'overlay'] }, 'pass'],
  ['fails on devicemapper where the policy names it', 'devicemapper', { deprecatedDrivers: ['devicemapper'] }, 'fail'],
  ['can not tell when the field is missing', undefined, {}, 'unknown'],
  ['can not tell when the field is empty', '', {}, 'unknown'],
] as const)('%s', ([, Driver, parameters, outcome]) => {
  expect(outcomesOf(noAufs, aSnapshot({ info: { Driver } }), { ...parameters })).toEqual([outcome]);
});
