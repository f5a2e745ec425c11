import { containerSubject, imageSubject } from '@plimsoll/checks';
import {
  type Actor,
  type HostContainer,
  type HostImage,
  type HostInventory,
  NotFound,
  Severity,
} from '@plimsoll/contracts';
import { severities } from '@plimsoll/contracts';
import { quoteHostText } from '@plimsoll/docker-engine';
import { type Database, decompressJson } from '@plimsoll/persistence';
import { type ContainerEntry, HostSnapshot, type ImageEntry, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { storableText } from '../findings/storable.ts';
import { findHost } from './hosts.service.ts';

const OpenCount = z.object({
  kind: z.string(),
  lastingName: z.string(),
  severity: Severity,
  count: z.number(),
});

/** What is on a host, as its newest snapshot has it. */
export class HostInventoryService {
  readonly #database: Database;

  constructor({ database }: { readonly database: Database }) {
    this.#database = database;
  }

  /** @throws NotFound where there is no such host, or no scan of it has had a result yet */
  async read({ tenantId }: Actor, hostId: string): Promise<z.infer<typeof HostInventory>> {
    const { stored, counts } = await this.#database.forTenant(tenantId, async (tx) => {
      await findHost(tx, tenantId, hostId);
      const rows = await tx.$queryRaw<unknown[]>`
        SELECT subject_kind AS kind, subject_lasting_name AS "lastingName", severity, count(*)::integer AS count
        FROM findings
        WHERE tenant_id = ${tenantId}::uuid AND host_id = ${hostId}::uuid AND status = 'open'
          AND subject_kind IN ('container', 'image')
        GROUP BY subject_kind, subject_lasting_name, severity`;
      return {
        stored: await tx.snapshot.findFirst({
          where: { tenantId, hostId },
          orderBy: [{ takenAt: 'desc' }, { id: 'desc' }],
          select: { content: true, scanId: true, takenAt: true },
        }),
        counts: z.array(OpenCount).parse(rows),
      };
    });
    if (stored === null || stored.scanId === null) {
      throw new NotFound({}, { detail: 'No scan of this host has had a result yet.' });
    }
    const snapshot = HostSnapshot.parse(await decompressJson(stored.content));
    const containers = valueOf(snapshot.containers) ?? [];
    const findings = new OpenFindings(counts);
    return {
      scanId: stored.scanId,
      takenAt: stored.takenAt.toISOString(),
      containers: containers.map((container) => containerOf(container, findings)),
      images: (valueOf(snapshot.images) ?? []).map((image) => imageOf(image, containers, findings)),
    };
  }
}

/** Open findings by the thing they are about. */
class OpenFindings {
  readonly #byThing = new Map<string, { worstSeverity: Severity; openFindings: number }>();

  constructor(counts: readonly z.infer<typeof OpenCount>[]) {
    for (const { kind, lastingName, severity, count } of counts) {
      const key = `${kind}|${lastingName}`;
      const { worstSeverity, openFindings } = this.#byThing.get(key) ?? { worstSeverity: severity, openFindings: 0 };
      const isWorse = severities.indexOf(severity) < severities.indexOf(worstSeverity);
      this.#byThing.set(key, {
        worstSeverity: isWorse ? severity : worstSeverity,
        openFindings: openFindings + count,
      });
    }
  }

  of({ kind, lastingName }: { kind: string; lastingName: string }): {
    worstSeverity: Severity | null;
    openFindings: number;
  } {
    return this.#byThing.get(`${kind}|${storableText(lastingName)}`) ?? { worstSeverity: null, openFindings: 0 };
  }
}

const containerOf = (container: ContainerEntry, findings: OpenFindings): z.infer<typeof HostContainer> => ({
  id: container.id,
  name: quoteHostText(container.name),
  image: container.image === undefined ? null : quoteHostText(container.image),
  state: container.state === undefined ? null : quoteHostText(container.state),
  project: projectOf(container),
  ports: portsOf(container),
  ...findings.of(containerSubject(container)),
});

const projectOf = ({ labels }: ContainerEntry): string | null => {
  const project = labels?.['com.docker.compose.project'] ?? labels?.['com.docker.stack.namespace'];
  return project === undefined ? null : quoteHostText(project);
};

/** Published ports as `docker ps` writes them, e.g. `0.0.0.0:8080->80/tcp`. */
const portsOf = (container: ContainerEntry): string[] =>
  Object.entries(valueOf(container.inspect)?.NetworkSettings?.Ports ?? {}).flatMap(([port, bindings]) =>
    (bindings ?? []).map(({ HostIp, HostPort }) => {
      const address = HostIp === undefined || HostIp === '' ? '0.0.0.0' : HostIp;
      const shown = address.includes(':') ? `[${address}]` : address;
      return quoteHostText(`${shown}:${HostPort ?? '?'}->${port}`);
    }),
  );

const imageOf = (
  image: ImageEntry,
  containers: readonly ContainerEntry[],
  findings: OpenFindings,
): z.infer<typeof HostImage> => ({
  id: image.id,
  references: image.repoTags.map((reference) => quoteHostText(reference)),
  sizeBytes: image.size ?? 0,
  createdAt: createdAtOf(image),
  usedBy: containers.filter(({ imageId }) => imageId === image.id).length,
  ...findings.of(imageSubject(image)),
});

/** Null for none, and for a number that is no date. */
const createdAtOf = ({ created }: ImageEntry): string | null => {
  const at = new Date((created ?? Number.NaN) * 1000);
  return Number.isNaN(at.getTime()) || at.getUTCFullYear() > 9999 || at.getUTCFullYear() < 0 ? null : at.toISOString();
};
