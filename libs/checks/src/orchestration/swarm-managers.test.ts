import 'reflect-metadata';
import { generateKeyPairSync } from 'node:crypto';
import type { SwarmInfo } from '@plimsoll/snapshot';
import { X509CertificateGenerator } from '@peculiar/x509';
import { expect, test } from 'vitest';
import type { Check } from '../engine/check.ts';
import { outcomesOf, resultsOf } from '../testing/builders.ts';
import { aHostInState, aManager, aNode, notManagers } from '../testing/swarm-builders.ts';
import autolock from './swarm-autolock.ts';
import caRotation from './swarm-ca-rotation.ts';
import listenAddress from './swarm-listen-address.ts';
import managerCount from './swarm-manager-count.ts';
import nodeCertificateLifetime from './swarm-node-certificate-lifetime.ts';
import separatePlanes from './swarm-separate-planes.ts';
import unlockKeyRotation from './swarm-unlock-key-rotation.ts';

const checks = [
  autolock,
  caRotation,
  listenAddress,
  managerCount,
  nodeCertificateLifetime,
  separatePlanes,
  unlockKeyRotation,
];

test.for(checks.flatMap((check) => notManagers.map((host) => [check.id, host[0], host[2], check, host[1]] as const)))(
  '%s %s: %s',
  ([, , outcome, check, snapshot]) => {
    expect(outcomesOf(check, snapshot)).toEqual([outcome]);
  },
);

test.for(checks.map((check): [string, Check] => [check.id, check]))('%s knows a locked manager', ([id, check]) => {
  expect(outcomesOf(check, aHostInState('locked'))).toEqual([id === 'swarm-autolock' ? 'pass' : 'unknown']);
});

const cluster = (given: Partial<NonNullable<SwarmInfo['Cluster']>>) => aManager({ swarm: { Cluster: given } });

test.for([
  ['passes with three managers', 3, 2, 'pass'],
  ['passes with one in a small swarm', 1, 1, 'pass'],
  ['passes with one alone', 1, 0, 'pass'],
  ['fails with one of many nodes', 1, 2, 'fail'],
  ['fails with two, which is worse than one', 2, 3, 'fail'],
  ['fails with two in a small swarm', 2, 0, 'fail'],
  ['fails with four', 4, 0, 'fail'],
  ['fails with nine', 9, 0, 'fail'],
] as const)('swarm-manager-count %s (%i managers, %i workers)', ([, managers, workers, outcome]) => {
  const nodes = [
    ...Array.from({ length: managers }, (_, index) => aNode(`m${index}`, 'manager')),
    ...Array.from({ length: workers }, (_, index) => aNode(`w${index}`)),
  ];
  expect(outcomesOf(managerCount, aManager({ swarm: { Managers: managers }, objects: { nodes } }))).toEqual([outcome]);
});

test('swarm-manager-count fails when a manager can not be reached, and names it', () => {
  const nodes = ['a', 'b', 'c'].map((id) => aNode(id, 'manager'));
  const lost = aNode('c', 'manager', { ManagerStatus: { Reachability: 'unreachable' }, Status: { State: 'down' } });
  const snapshot = aManager({ swarm: { Managers: 3 }, objects: { nodes: [...nodes.slice(0, 2), lost] } });
  expect(resultsOf(managerCount, snapshot)).toMatchObject([
    { outcome: 'fail', reason: expect.stringContaining('host-c') },
  ]);
});

test('swarm-manager-count can not tell while a node is being promoted, or without the nodes', () => {
  const nodes = [...['a', 'b', 'c'].map((id) => aNode(id, 'manager')), aNode('d', 'manager', { ManagerStatus: null })];
  expect(outcomesOf(managerCount, aManager({ swarm: { Managers: 3 }, objects: { nodes } }))).toEqual(['unknown']);
  const denied = aManager({ objects: { nodes: { missing: 'denied', detail: '403' } } });
  expect(resultsOf(managerCount, denied)).toMatchObject([
    { outcome: 'unknown', reason: expect.stringContaining('403') },
  ]);
});

test('swarm-listen-address needs host files, on workers as well', () => {
  const wouldTell = 'Switch on reading host files for this host';
  expect(resultsOf(listenAddress, aManager())).toMatchObject([{ outcome: 'unknown', wouldTell }]);
  expect(resultsOf(listenAddress, aHostInState('active'))).toMatchObject([{ outcome: 'unknown', wouldTell }]);
});

test('swarm-separate-planes does not apply to one node, and can be vouched for', () => {
  expect(outcomesOf(separatePlanes, aManager())).toEqual(['not-applicable']);
  const several = aManager({ swarm: { Nodes: 3 } });
  expect(outcomesOf(separatePlanes, several)).toEqual(['unknown']);
  expect(outcomesOf(separatePlanes, several, { attestedUntil: '2026-11-24' })).toEqual(['pass']);
  expect(outcomesOf(separatePlanes, several, { attestedUntil: '2026-11-23' })).toEqual(['unknown']);
  // Workers leave the number of nodes out.
  expect(outcomesOf(separatePlanes, aHostInState('active'))).toEqual(['unknown']);
});

const locking = (AutoLockManagers: boolean | undefined, CreatedAt = '2020-01-01T00:00:00Z') =>
  cluster({ CreatedAt, UpdatedAt: '2026-11-24T11:00:00Z', Spec: { EncryptionConfig: { AutoLockManagers } } });

test.for([
  [true, 'pass'],
  [false, 'fail'],
  [undefined, 'unknown'],
] as const)('swarm-autolock with AutoLockManagers %s: %s', ([isOn, outcome]) => {
  expect(outcomesOf(autolock, locking(isOn))).toEqual([outcome]);
});

test.for<[string, ReturnType<typeof locking>, Record<string, unknown>, string]>([
  ['does not apply without auto-lock', locking(false), {}, 'not-applicable'],
  ['passes in a young swarm', locking(true, '2026-10-01T00:00:00Z'), {}, 'pass'],
  ['can not tell in an older one, whatever UpdatedAt says', locking(true), {}, 'unknown'],
  ['passes when somebody vouches for a change', locking(true), { lastRotation: '2026-09-01' }, 'pass'],
  ['fails when that is too long ago', locking(true), { lastRotation: '2026-08-01' }, 'fail'],
  ['can not tell without the flag', locking(undefined), {}, 'unknown'],
])('swarm-unlock-key-rotation %s', ([, snapshot, parameters, outcome]) => {
  expect(outcomesOf(unlockKeyRotation, snapshot, parameters)).toEqual([outcome]);
});

const hour = 3.6e12;
test.for([
  ['passes with the default', 2160 * hour, undefined, 'pass'],
  ['passes with less', 48 * hour, 48, 'pass'],
  ['fails above the bound', 2161 * hour, undefined, 'fail'],
  ['reads numbers beyond 2^53', 20 * 365 * 24 * hour, undefined, 'fail'],
  ['takes 0 for ninety days', 0, undefined, 'pass'],
  ['takes 0 for ninety days, which is too long for a stricter policy', 0, 48, 'fail'],
  ['can not tell when it is absent', undefined, undefined, 'unknown'],
] as const)('swarm-node-certificate-lifetime %s', ([, NodeCertExpiry, maxHours, outcome]) => {
  const snapshot = cluster({ Spec: { CAConfig: { NodeCertExpiry } } });
  expect(outcomesOf(nodeCertificateLifetime, snapshot, maxHours === undefined ? {} : { maxHours })).toEqual([outcome]);
});

test('swarm-node-certificate-lifetime fails when the engine says that certificates have expired', () => {
  const Error = 'x509: certificate has expired or is not yet valid';
  expect(outcomesOf(nodeCertificateLifetime, aManager({ swarm: { Error } }))).toEqual(['fail']);
});

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const rootOf = async (notBefore: string, notAfter: string): Promise<string> => {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const root = await X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=swarm-ca',
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    signingAlgorithm: algorithm,
    keys,
  });
  return root.toString('pem');
};

test.for([
  ['passes with a young root', '2026-06-01', '2046-06-01', 'pass'],
  ['fails with an old one, good for twenty years', '2020-01-01', '2040-01-01', 'fail'],
  ['fails with one that ends soon', '2026-06-01', '2027-01-01', 'fail'],
  ['fails with one that has ended', '2026-01-01', '2026-06-01', 'fail'],
] as const)('swarm-ca-rotation %s', async ([, from, to, outcome]) => {
  const TrustRoot = await rootOf(from, to);
  expect(outcomesOf(caRotation, cluster({ RootRotationInProgress: false, TLSInfo: { TrustRoot } }))).toEqual([outcome]);
});

test('swarm-ca-rotation judges the newest of several, and nothing while a rotation runs', async () => {
  const TrustRoot = `${await rootOf('2020-01-01', '2040-01-01')}\n${await rootOf('2026-06-01', '2046-06-01')}`;
  expect(outcomesOf(caRotation, cluster({ RootRotationInProgress: false, TLSInfo: { TrustRoot } }))).toEqual(['pass']);
  expect(outcomesOf(caRotation, cluster({ RootRotationInProgress: true, TLSInfo: { TrustRoot } }))).toEqual([
    'unknown',
  ]);
});

test('swarm-ca-rotation can not read what is no certificate', () => {
  const { publicKey } = generateKeyPairSync('ed25519');
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  for (const TrustRoot of ['', 'x', pem, pem.replaceAll('PUBLIC KEY', 'CERTIFICATE'), undefined])
    expect(outcomesOf(caRotation, cluster({ RootRotationInProgress: false, TLSInfo: { TrustRoot } }))).toEqual([
      'unknown',
    ]);
});
