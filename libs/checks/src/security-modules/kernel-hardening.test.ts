import type { HostFiles } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import { aTidyHost } from '../testing/host-file-builders.ts';
import check from './kernel-hardening.ts';

const wanted = { sysctls: { 'kernel.kptr_restrict': [1, 2] }, kernelOptions: ['CONFIG_SECURITY_YAMA=y'] };
const good: HostFiles = {
  sysctls: { 'kernel.kptr_restrict': '1' },
  kernelOptions: { CONFIG_SECURITY_YAMA: 'y' },
  kernelCommandLine: ['quiet'],
};
test.for<[string, string, HostFiles]>([
  ['all as wished', 'pass', good],
  ['a weaker key', 'fail', { ...good, sysctls: { 'kernel.kptr_restrict': '0' } }],
  ['an empty key', 'fail', { ...good, sysctls: { 'kernel.kptr_restrict': '' } }],
  ['an option not built in', 'fail', { ...good, kernelOptions: {} }],
  ['a word that switches off', 'fail', { ...good, kernelCommandLine: ['mitigations=off'] }],
  ['an empty list of modules', 'fail', { ...good, kernelCommandLine: ['lsm='] }],
  ['a list of modules', 'pass', { ...good, kernelCommandLine: ['lsm=apparmor'] }],
  ['a key that is set nowhere', 'unknown', { ...good, sysctls: {} }],
  ['/boot is not mounted', 'unknown', { ...good, kernelOptions: null }],
  ['no file of a boot loader', 'unknown', { ...good, kernelCommandLine: null }],
  ['nothing seen', 'unknown', { sysctls: undefined, kernelOptions: undefined, kernelCommandLine: undefined }],
])('%s: %s', ([, outcome, given]) => {
  expect(outcomesOf(check, aSnapshot({ hostFiles: aTidyHost(given) }), wanted)).toEqual([outcome]);
});
test('what the command line switches off weighs more, and a hardened kernel is told', () => {
  const snapshot = aSnapshot({
    hostFiles: aTidyHost({ ...good, kernelCommandLine: ['nokaslr'] }),
    info: { KernelVersion: '6.1.0-hardened1' },
  });
  expect(resultsOf(check, snapshot, wanted)).toMatchObject([
    {
      severity: 'medium',
      evidence: expect.arrayContaining([{ source: 'a hardened kernel', value: '6.1.0-hardened1' }]),
    },
  ]);
});
test('does not apply on Windows, can not tell without host files', () => {
  expect(outcomesOf(check, aSnapshot({ hostFiles: aTidyHost(), info: { OSType: 'windows' } }))).toEqual([
    'not-applicable',
  ]);
  expect(outcomesOf(check, aSnapshot())).toEqual(['unknown']);
});
