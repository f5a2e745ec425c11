import { catalogue, catalogueVersion } from '@plimsoll/checks';
import { type Actor, type ComplianceQuery, type HostCompliance, NotFound } from '@plimsoll/contracts';
import type { Database } from '@plimsoll/persistence';
import { complianceOf } from '@plimsoll/reports';
import type { z } from 'zod';
import { findHost } from '../hosts/hosts.service.ts';
import { readNewestResults } from '../scans/scan-results.ts';

/** How a host stands by a benchmark or by our themes, as its newest judgement has it. */
export class ComplianceService {
  readonly #database: Database;

  constructor({ database }: { readonly database: Database }) {
    this.#database = database;
  }

  /** @throws NotFound where there is no such host, or no scan of it has had a result yet */
  async ofHost(
    { tenantId }: Actor,
    hostId: string,
    { benchmark }: z.output<typeof ComplianceQuery>,
  ): Promise<HostCompliance> {
    const newest = await this.#database.forTenant(tenantId, async (tx) => {
      await findHost(tx, tenantId, hostId);
      return readNewestResults(tx, tenantId, hostId);
    });
    if (newest === undefined) throw new NotFound({}, { detail: 'No scan of this host has had a result yet.' });
    const { scanId, judgedAt, results } = newest;
    // Judged by another catalogue, it may lack checks of ours: the host will be judged again soon.
    const isWhole = newest.catalogueVersion === catalogueVersion;
    const judged = { checks: catalogue, results, catalogueVersion: newest.catalogueVersion, isWhole };
    return { hostId, scanId, judgedAt: judgedAt.toISOString(), ...complianceOf(judged, benchmark) };
  }
}
