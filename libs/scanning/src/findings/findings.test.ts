import { type Check, type CheckResult, catalogue, defineCheck, judge } from '@plimsoll/checks';
import { aContainer, anImage, aSnapshot } from '@plimsoll/checks/testing';
import type { ContainerEntry, HostSnapshot } from '@plimsoll/snapshot';
import { describe, expect, test } from 'vitest';
import { coverageOf } from './coverage.ts';
import { fingerprintOf } from './fingerprint.ts';
import { type Observation, observe } from './observe.ts';
import { type EarlierFinding, type Reconciliation, reconcile } from './reconcile.ts';

/** What the database holds of a host, in memory: applies a reconciliation as the repository does. */
class FindingsOfAHost {
  readonly byFingerprint = new Map<string, EarlierFinding>();

  scan(snapshot: HostSnapshot, checks: readonly Check[] = catalogue): Reconciliation {
    return this.take(snapshot, checks, judge(snapshot, checks));
  }

  take(snapshot: HostSnapshot, checks: readonly Check[], results: readonly CheckResult[]): Reconciliation {
    const observations = observe(results);
    const failing = (fingerprint: string): boolean => observations.get(fingerprint)?.outcome === 'fail';
    const earlier = [...this.byFingerprint.values()].filter(
      ({ status, fingerprint }) => status === 'open' || failing(fingerprint),
    );
    const change = reconcile(earlier, observations, coverageOf(snapshot, checks, results));
    for (const one of change.opened) this.#put(`id-${this.byFingerprint.size}`, one);
    for (const {
      earlier: { id },
      observation,
    } of [...change.reopened, ...change.seen])
      this.#put(id, observation);
    for (const one of change.fixed) this.byFingerprint.set(one.fingerprint, { ...one, status: 'fixed' });
    return change;
  }

  get open(): EarlierFinding[] {
    return [...this.byFingerprint.values()].filter(({ status }) => status === 'open');
  }

  #put(id: string, { fingerprint, checkId, title, severity, reason, subject }: Observation): void {
    const contentHash = '';
    this.byFingerprint.set(fingerprint, {
      id,
      fingerprint,
      status: 'open',
      checkId,
      title,
      severity,
      reason,
      contentHash,
      subject,
    });
  }
}

const changesOf = ({ opened, reopened, fixed, seen, unassessed }: Reconciliation): number[] => [
  opened.length,
  reopened.length,
  fixed.length,
  seen.length,
  unassessed.length,
];
const nothing = { opened: [], reopened: [], fixed: [] };

const privileged = (overrides: Parameters<typeof aContainer>[0] = {}): ContainerEntry =>
  aContainer({ ...overrides, hostConfig: { Privileged: true, ...overrides.hostConfig } });
const aServiceCheck = defineCheck({
  id: 'test-service',
  theme: 'orchestration',
  severity: 'low',
  subject: 'service',
  title: 'A check of this test',
  rationale: '',
  remediation: '',
  decidedBy: '',
  needs: ['swarm'],
  sources: [],
  evaluate: () => [
    {
      subject: { kind: 'service', name: 'web', lastingName: 'web' },
      outcome: 'fail',
      reason: 'always',
      evidence: [],
    },
  ],
});
const onlyPrivileged = catalogue.filter(({ id }) => id === 'container-privileged');

describe('a fingerprint', () => {
  test('is the same for ever', () => {
    expect(fingerprintOf('container-privileged', { kind: 'container', lastingName: 'compose:shop/web' })).toBe(
      'a2f01fd0c1a1708292274be35acdb46167dfada298fa8f919688fe7acb811efa',
    );
  });

  test.for([
    ['the check', 'other', 'container', 'web'],
    ['the kind of thing', 'check', 'image', 'web'],
    ['the lasting name', 'check', 'container', 'api'],
  ] as const)('differs by %s', ([, checkId, kind, lastingName]) => {
    expect(fingerprintOf(checkId, { kind, lastingName })).not.toBe(
      fingerprintOf('check', { kind: 'container', lastingName: 'web' }),
    );
  });
});

describe('observations', () => {
  const resultsFor = (
    ...outcomes: { name: string; outcome: CheckResult['outcome']; details?: object }[]
  ): CheckResult[] =>
    outcomes.map(({ name, outcome, details }) => ({
      check: aServiceCheck,
      subject: { kind: 'container', name, lastingName: 'compose:shop/web' },
      outcome,
      severity: 'high',
      reason: `${name} ${outcome}`,
      evidence: [],
      ...details,
    }));

  test.for([
    [
      'a failure outweighs a pass',
      [
        { name: 'a', outcome: 'pass' },
        { name: 'b', outcome: 'fail' },
      ],
      'fail',
    ],
    [
      'a failure outweighs what could not be told',
      [
        { name: 'a', outcome: 'unknown' },
        { name: 'b', outcome: 'fail' },
      ],
      'fail',
    ],
    [
      'what could not be told outweighs a pass',
      [
        { name: 'a', outcome: 'pass' },
        { name: 'b', outcome: 'unknown' },
      ],
      'unknown',
    ],
    [
      'a failure that follows from another is none of its own',
      [{ name: 'a', outcome: 'fail', details: { causedBy: 'x' } }],
      'follows',
    ],
    [
      'a pass outweighs not applicable',
      [
        { name: 'a', outcome: 'not-applicable' },
        { name: 'b', outcome: 'pass' },
      ],
      'pass',
    ],
  ] as const)('%s', ([, given, outcome]) => {
    expect([...observe(resultsFor(...given)).values()].map((one) => one.outcome)).toEqual([outcome]);
  });

  test('of several failing replicas take the worst, and name all in the evidence', () => {
    const given = resultsFor(
      { name: 'web-2', outcome: 'fail' },
      { name: 'web-3', outcome: 'fail', details: { severity: 'critical' } },
      { name: 'web-1', outcome: 'fail' },
      { name: 'web-4', outcome: 'pass' },
    );
    const forwards = [...observe(given).values()];
    expect(forwards).toMatchObject([
      {
        severity: 'critical',
        subject: { name: 'web-3' },
        evidence: [{ source: 'instances', value: ['web-1', 'web-2', 'web-3'] }],
      },
    ]);
    expect([...observe(given.toReversed()).values()]).toEqual(forwards);
  });
});

describe('a scan after another', () => {
  test('opens what fails, and only that', () => {
    const host = new FindingsOfAHost();
    const change = host.scan(aSnapshot({ containers: [privileged(), aContainer({ name: 'sound' })] }), onlyPrivileged);
    expect(change.opened).toMatchObject([{ checkId: 'container-privileged', subject: { name: 'web' } }]);
    expect(changesOf(change)).toEqual([1, 0, 0, 0, 0]);
  });

  test('of the same snapshot changes nothing, a hundred times', () => {
    const host = new FindingsOfAHost();
    const snapshot = aSnapshot({ containers: [privileged(), aContainer({ name: 'api' })], images: [anImage()] });
    host.scan(snapshot);
    const before = [...host.byFingerprint.values()];
    expect(before.length).toBeGreaterThan(0);
    for (let round = 0; round < 100; round += 1) expect(host.scan(snapshot)).toMatchObject(nothing);
    expect([...host.byFingerprint.values()]).toEqual(before);
  });

  test.for([
    ['the container is no longer privileged', [aContainer()]],
    ['the container is gone', []],
  ] as const)('fixes the finding when %s, and reopens it when it comes back', ([, containers]) => {
    const host = new FindingsOfAHost();
    host.scan(aSnapshot({ containers: [privileged()] }), onlyPrivileged);
    expect(changesOf(host.scan(aSnapshot({ containers: [...containers] }), onlyPrivileged))).toEqual([0, 0, 1, 0, 0]);
    expect(changesOf(host.scan(aSnapshot({ containers: [...containers] }), onlyPrivileged))).toEqual([0, 0, 0, 0, 0]);
    expect(changesOf(host.scan(aSnapshot({ containers: [privileged()] }), onlyPrivileged))).toEqual([0, 1, 0, 0, 0]);
    expect(host.open).toHaveLength(1);
  });

  const missing = { missing: 'timed-out', detail: 'after 10 s' } as const;
  const noteOf = (reason: 'vanished' | 'truncated'): HostSnapshot => ({
    ...aSnapshot(),
    notes: [{ part: 'containers', subject: 'web', reason, detail: '' }],
  });
  test.for<[string, HostSnapshot]>([
    ['the list of containers is missing', aSnapshot({ containers: missing })],
    ['the container could not be inspected', aSnapshot({ containers: [aContainer({ inspect: missing })] })],
    [
      'only one of its replicas could be inspected',
      aSnapshot({ containers: [aContainer(), { ...aContainer({ inspect: missing }), id: 'other' }] }),
    ],
    ['a container vanished while it was read', noteOf('vanished')],
    ['the list was cut short', noteOf('truncated')],
    ['the container is being removed', aSnapshot({ containers: [aContainer({ state: 'removing' })] })],
    ['the field was not seen', aSnapshot({ containers: [aContainer({ inspect: { HostConfig: undefined } })] })],
  ])('fixes nothing when %s', ([, later]) => {
    const host = new FindingsOfAHost();
    host.scan(aSnapshot({ containers: [privileged()] }), onlyPrivileged);
    expect(changesOf(host.scan(later, onlyPrivileged))).toEqual([0, 0, 0, 0, 1]);
    expect(host.open).toHaveLength(1);
  });

  test('fixes nothing of a check that is no longer run', () => {
    const host = new FindingsOfAHost();
    host.scan(aSnapshot({ containers: [privileged()] }), onlyPrivileged);
    expect(changesOf(host.scan(aSnapshot(), []))).toEqual([0, 0, 0, 0, 1]);
  });

  test('keeps a finding that now follows from another one', () => {
    const host = new FindingsOfAHost();
    const snapshot = aSnapshot({ containers: [privileged()] });
    const results = judge(snapshot, onlyPrivileged);
    host.take(snapshot, onlyPrivileged, results);
    const following = results.map((result) => ({ ...result, causedBy: 'daemon-exposed' }));
    expect(changesOf(host.take(snapshot, onlyPrivileged, following))).toEqual([0, 0, 0, 0, 1]);
    expect(changesOf(new FindingsOfAHost().take(snapshot, onlyPrivileged, following))).toEqual([0, 0, 0, 0, 0]);
  });

  test('fixes what a check now says of everything at once, as of AppArmor on a host that has none', () => {
    const host = new FindingsOfAHost();
    const checks = catalogue.filter(({ id }) => id === 'container-apparmor-profile');
    const containers = [
      aContainer({ hostConfig: { SecurityOpt: ['apparmor=unconfined'] }, inspect: { AppArmorProfile: 'unconfined' } }),
    ];
    const withModule = { SecurityOptions: ['name=apparmor', 'name=seccomp,profile=builtin'] };
    expect(host.scan(aSnapshot({ info: withModule, containers }), checks).opened).toHaveLength(1);
    expect(host.scan(aSnapshot({ containers }), checks).fixed).toHaveLength(1);
  });

  test('fixes what concerned a swarm once the host has left it', () => {
    const swarm: HostSnapshot['swarm'] = {
      value: { nodes: missing, services: missing, tasks: missing, secrets: missing, configs: missing },
    };
    const host = new FindingsOfAHost();
    host.scan(aSnapshot({ swarm }), [aServiceCheck]);
    expect(changesOf(host.scan(aSnapshot({ swarm: missing }), [aServiceCheck]))).toEqual([0, 0, 0, 0, 1]);
    const left = aSnapshot({ info: { Swarm: { LocalNodeState: 'inactive' } } });
    expect(changesOf(host.scan(left, [aServiceCheck]))).toEqual([0, 0, 1, 0, 0]);
  });
});

describe('fifty redeploys of a compose project', () => {
  /** Replicas come and go, ids and names change, the list comes in another order, tags are renamed. */
  const deploy = (round: number): HostSnapshot => {
    const imageId = `sha256:${round.toString(16).padStart(64, '0')}`;
    const replicas = 1 + (round % 4);
    const containers = ['web', 'worker'].flatMap((service) =>
      Array.from({ length: replicas }, (_, index) =>
        privileged({
          id: `${round}-${service}-${index}`,
          name: `shop-${service}-${index + 1 + round}`,
          image: `registry:5000/shop/${service}:build-${round}`,
          imageId,
          labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': service },
        }),
      ),
    );
    return aSnapshot({
      containers: round % 2 === 0 ? containers : containers.toReversed(),
      images: ['web', 'worker'].map((service) =>
        anImage({ id: `${imageId}-${service}`, repoTags: [`registry:5000/shop/${service}:build-${round}`] }),
      ),
    });
  };

  test('open and close nothing', () => {
    const host = new FindingsOfAHost();
    expect(host.scan(deploy(0)).opened.length).toBeGreaterThanOrEqual(2);
    for (let round = 1; round <= 50; round += 1) expect(host.scan(deploy(round))).toMatchObject(nothing);
  });
});
