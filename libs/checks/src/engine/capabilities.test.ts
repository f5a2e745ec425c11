import type { HostConfig } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { defaultCapabilities, effectiveCapabilities, linuxCapabilities } from './capabilities.ts';

const setOf = (given: Partial<HostConfig>) => {
  // All fields of the engine's answer may be undefined, so a partial one is a whole one.
  const hostConfig = { Privileged: false, CapAdd: null, CapDrop: null, ...given } as HostConfig;
  const effective = effectiveCapabilities(hostConfig);
  return effective && [...effective.names].toSorted();
};
const defaults = [...defaultCapabilities].toSorted();
const without = (names: readonly string[], ...left: string[]) =>
  names.filter((name) => !left.includes(name)).toSorted();

test('Linux knows 41 capabilities, 14 of them are the default', () => {
  expect([linuxCapabilities.length, new Set(linuxCapabilities).size, defaults.length]).toEqual([41, 41, 14]);
});

test.for<[string, Partial<HostConfig>, string[] | undefined]>([
  ['null lists mean the default', {}, defaults],
  ['empty lists mean the default', { CapAdd: [], CapDrop: [] }, defaults],
  ['an added name joins the default', { CapAdd: ['NET_ADMIN'] }, [...defaults, 'NET_ADMIN'].toSorted()],
  ['a dropped name leaves it', { CapDrop: ['NET_RAW'] }, without(defaults, 'NET_RAW')],
  [
    'names count with and without CAP_, in any case',
    { CapDrop: ['cap_net_raw', 'Mknod'] },
    without(defaults, 'NET_RAW', 'MKNOD'),
  ],
  ['all added is everything', { CapAdd: ['all'] }, [...linuxCapabilities].toSorted()],
  [
    'all added less what is dropped',
    { CapAdd: ['ALL'], CapDrop: ['SYS_ADMIN'] },
    without(linuxCapabilities, 'SYS_ADMIN'),
  ],
  ['all added wins over all dropped', { CapAdd: ['ALL'], CapDrop: ['ALL'] }, [...linuxCapabilities].toSorted()],
  ['all dropped leaves what is added', { CapAdd: ['NET_RAW'], CapDrop: ['CAP_ALL'] }, ['NET_RAW']],
  ['a name in both lists is granted', { CapAdd: ['NET_RAW'], CapDrop: ['NET_RAW'] }, defaults],
  [
    'privileged is everything, whatever is dropped',
    { Privileged: true, CapDrop: ['ALL'] },
    [...linuxCapabilities].toSorted(),
  ],
  ['a list that was not seen leaves it open', { CapAdd: undefined }, undefined],
  ['a drop list that was not seen leaves it open', { CapDrop: undefined }, undefined],
  ['an unseen privileged flag leaves it open', { Privileged: undefined }, undefined],
  [
    "Podman's smaller default comes out of the same rule",
    { CapDrop: ['AUDIT_WRITE', 'MKNOD', 'NET_RAW'] },
    without(defaults, 'AUDIT_WRITE', 'MKNOD', 'NET_RAW'),
  ],
])('%s', ([, given, names]) => {
  expect(setOf(given)).toEqual(names);
});
