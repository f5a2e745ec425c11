import type { EngineVolume } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { type GivenContainer, aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import { aManager, aService } from '../testing/swarm-builders.ts';
import exitedContainer from './exited-container-holds-secrets.ts';
import orphanVolume from './orphan-volume.ts';

const old = '2026-10-01T00:00:00Z';
const harmless = { Privileged: false };
const exited = (given: GivenContainer = {}, FinishedAt: string | undefined = old, Created = old) =>
  aSnapshot({
    containers: [
      aContainer({
        state: 'exited',
        ...given,
        hostConfig: { ...harmless, ...given.hostConfig },
        inspect: {
          State: { Status: given.state ?? 'exited', FinishedAt },
          Created,
          Config: { environment: [], ...given.config },
          ...given.inspect,
        },
      }),
    ],
  });
const secret = { environment: [{ name: 'DB_PASSWORD', verdict: { kind: 'secret' as const } }] };
const mounts = (Source: string) => ({ Mounts: [{ Type: 'bind', Source, Destination: '/x', RW: true }] });

test.for<[string, ReturnType<typeof exited>, string, string?]>([
  ['passes on a harmless one', exited(), 'pass'],
  ['fails on an old one with a secret', exited({ config: secret }), 'fail', 'low'],
  ['weighs a privileged one more', exited({ hostConfig: { Privileged: true } }), 'fail', 'medium'],
  ['weighs the socket more', exited({ inspect: mounts('/var/run/docker.sock') }), 'fail', 'medium'],
  ['fails on a sensitive folder', exited({ inspect: mounts('/etc') }), 'fail', 'low'],
  ['passes on a young one', exited({ config: secret }, '2026-11-23T00:00:00Z'), 'pass'],
  [
    'counts from its making where it was never started',
    exited({ state: 'created', config: secret }, '0001-01-01T00:00:00Z'),
    'fail',
    'low',
  ],
  ['leaves one with a label alone', exited({ config: secret, labels: { 'plimsoll.keep': '' } }), 'not-applicable'],
  ['does not apply while it is up', exited({ state: 'running', config: secret }), 'not-applicable'],
  ['can not tell without a date', exited({ config: secret }, '', ''), 'unknown'],
  ['can not tell without its mounts', exited({ inspect: { Mounts: undefined } }), 'unknown'],
])('exited-container-holds-secrets %s', ([, snapshot, outcome, severity]) => {
  expect(resultsOf(exitedContainer, snapshot)).toMatchObject([
    severity === undefined ? { outcome } : { outcome, severity },
  ]);
});

test('exited-container-holds-secrets speaks of what is, not of what a start would bring', () => {
  expect(resultsOf(exitedContainer, exited({ config: secret }))[0]?.reason).toBe(
    'The container ended 54 days ago, and holds a secret in its configuration',
  );
});

const volume = (given: Partial<EngineVolume> = {}): EngineVolume => ({
  Name: 'cache',
  Driver: 'local',
  CreatedAt: old,
  Labels: null,
  Options: null,
  ...given,
});
const host = (given: Partial<EngineVolume> = {}, mounted: GivenContainer['inspect'] = { Mounts: [] }) =>
  aSnapshot({ volumes: { value: [volume(given)] }, containers: [aContainer({ state: 'exited', inspect: mounted })] });

test.for<[string, ReturnType<typeof host>, string, string?]>([
  [
    'passes on one in use, by a stopped container too',
    host({}, { Mounts: [{ Type: 'volume', Name: 'cache' }] }),
    'pass',
  ],
  ['fails on an old one', host(), 'fail', 'low'],
  ['weighs a name of worth more', host({ Name: 'shop_pgdata' }), 'fail', 'medium'],
  ['weighs a label of worth more', host({ Labels: { 'com.docker.compose.volume': 'backup' } }), 'fail', 'medium'],
  ['weighs a hidden bind more', host({ Options: { type: 'none', o: 'bind', device: '/srv' } }), 'fail', 'medium'],
  ['takes an anonymous one for a note', host({ Name: 'ab'.repeat(32) }), 'fail', 'info'],
  ['passes on a young one', host({ CreatedAt: '2026-11-20T00:00:00Z' }), 'pass'],
  ['leaves one with a label alone', host({ Labels: { 'plimsoll.keep': '1' } }), 'not-applicable'],
  ['can not tell the age of one of a plugin', host({ CreatedAt: undefined, Driver: 'rexray' }), 'unknown'],
  ['can not tell when a container was not seen', host({}, { missing: 'timed-out', detail: '' }), 'unknown'],
  ['can not tell when a mount was not seen', host({}, { Mounts: [{ Type: 'volume' }] }), 'unknown'],
])('orphan-volume %s', ([, snapshot, outcome, severity]) => {
  expect(resultsOf(orphanVolume, snapshot)).toMatchObject([
    severity === undefined ? { outcome } : { outcome, severity },
  ]);
});

test('orphan-volume knows that a volume waits for the task of its service', () => {
  const services = [aService({ Mounts: [{ Type: 'volume', Source: 'cache', Target: '/x' }] })];
  const snapshot = { ...aManager({ objects: { services } }), volumes: { value: [volume()] } };
  expect(outcomesOf(orphanVolume, snapshot)).toEqual(['pass']);
});

test('orphan-volume can not tell without the containers', () => {
  expect(outcomesOf(orphanVolume, { ...host(), containers: { missing: 'denied', detail: '' } })).toEqual(['unknown']);
});
