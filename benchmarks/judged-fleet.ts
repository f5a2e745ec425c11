import { catalogue, catalogueVersion, judge } from '@plimsoll/checks';
import { type Database, newId } from '@plimsoll/persistence';
import { concludeJudged } from '../libs/scanning/src/pipeline/conclude-judged.ts';
import type { JudgedScan } from '../libs/scanning/src/pipeline/judgement.ts';
import { claimScan, defaultLeaseTiming } from '../libs/scanning/src/pipeline/scan-lease.ts';
import { sampleSnapshot, snapshotWith } from './synthetic-snapshot.ts';

/** A judged scan with exactly so many findings, and what else such a host gives: results that pass, evidence, texts. */
export const judgedWith = async (findings: number): Promise<JudgedScan> => {
  const sample = await sampleSnapshot();
  for (let containers = 10; ; containers += 1) {
    const snapshot = snapshotWith(sample, containers);
    const results = judge(snapshot, catalogue);
    const failing = results.filter((result) => result.outcome === 'fail' && result.causedBy === undefined);
    const fingerprints = new Set(
      failing.map(({ check, subject }) => `${check.id} ${subject.kind} ${subject.lastingName}`),
    );
    if (fingerprints.size < findings) continue;
    const kept = new Set([...fingerprints].slice(0, findings));
    return {
      snapshot,
      checks: catalogue,
      catalogueVersion,
      adjusted: [],
      basis: `${catalogueVersion}/0/0`,
      results: results.filter(
        ({ outcome, check, subject }) =>
          outcome !== 'fail' || kept.has(`${check.id} ${subject.kind} ${subject.lastingName}`),
      ),
    };
  }
};

/** Makes a tenant with so many hosts. */
export const makeFleet = async (
  database: Database,
  hosts: number,
): Promise<{ readonly tenantId: string; readonly hostIds: readonly string[] }> => {
  const tenantId = newId();
  const hostIds = Array.from({ length: hosts }, () => newId());
  await database.forTenant(tenantId, async (tx) => {
    await tx.tenant.create({ data: { id: tenantId, name: 'Bench', slug: `bench-${tenantId}` } });
    await tx.host.createMany({
      data: hostIds.map((id, index) => ({
        id,
        tenantId,
        name: `host-${String(index).padStart(5, '0')}`,
        address: `tcp://host-${index}.bench.example:2376`,
        labels: [`env=${index % 3 === 0 ? 'production' : 'test'}`, 'team=bench'],
      })),
    });
  });
  return { tenantId, hostIds };
};

/** What a worker writes for one scan, from claim to end: findings, snapshot, results, host, events, audit. */
export const writeScan = async (
  database: Database,
  { tenantId, hostId }: { readonly tenantId: string; readonly hostId: string },
  judged: JudgedScan,
): Promise<void> => {
  const scanId = newId();
  await database.forTenant(tenantId, (tx) =>
    tx.scan.create({ data: { id: scanId, tenantId, hostId, state: 'queued' }, select: { id: true } }),
  );
  const held = await claimScan(database, { tenantId, scanId }, newId(), defaultLeaseTiming);
  if (held === undefined) throw new Error('The scan could not be claimed');
  await concludeJudged(database, held, judged, new Date());
};
