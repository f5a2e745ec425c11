import { containerSubject, imageSubject } from '@plimsoll/checks';
import {
  type Actor,
  type HostContainer,
  type HostContainerPage,
  type HostImage,
  type HostImagePage,
  type HostThingQuery,
  NotFound,
  Severity,
} from '@plimsoll/contracts';
import { severities } from '@plimsoll/contracts';
import { quoteHostText } from '@plimsoll/docker-engine';
import { type Database, Prisma } from '@plimsoll/persistence';
import { type ContainerEntry, type HostSnapshot, type ImageEntry, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { storableText } from '../findings/storable.ts';
import { keyOfName, pageByName } from '../lists/stored-list.ts';
import { readNewestSnapshot } from './newest-snapshot.ts';

const OpenCount = z.object({
  kind: z.string(),
  lastingName: z.string(),
  severity: Severity,
  count: z.number(),
});

type Query = z.output<typeof HostThingQuery>;

/** What is on a host, as its newest snapshot has it. */
export class HostInventoryService {
  readonly #database: Database;

  constructor({ database }: { readonly database: Database }) {
    this.#database = database;
  }

  /**
   * By name.
   * @throws NotFound where there is no such host, or no scan of it has had a result yet
   * @throws CursorInvalid
   */
  async containers({ tenantId }: Actor, hostId: string, query: Query): Promise<z.infer<typeof HostContainerPage>> {
    const { snapshot, findings, scanId } = await this.#read(tenantId, hostId, 'container');
    const items = (valueOf(snapshot.containers) ?? [])
      .map((container) => containerOf(container, findings))
      .filter(({ name, image }) => isWanted(query, [name, image ?? '']));
    const list = { name: 'containers', sourceId: scanId, items };
    return pageByName(list, query, ({ name, id }) => keyOfName(name, id));
  }

  /**
   * By their first reference; those without one by their id.
   * @throws NotFound where there is no such host, or no scan of it has had a result yet
   * @throws CursorInvalid
   */
  async images({ tenantId }: Actor, hostId: string, query: Query): Promise<z.infer<typeof HostImagePage>> {
    const { snapshot, findings, scanId } = await this.#read(tenantId, hostId, 'image');
    const containers = valueOf(snapshot.containers) ?? [];
    const uses = new Map<string | undefined, number>();
    for (const { imageId } of containers) uses.set(imageId, (uses.get(imageId) ?? 0) + 1);
    const items = (valueOf(snapshot.images) ?? [])
      .map((image) => imageOf(image, uses.get(image.id) ?? 0, findings))
      .filter(({ references, id }) => isWanted(query, [...references, id]));
    const list = { name: 'images', sourceId: scanId, items };
    return pageByName(list, query, ({ references, id }) => keyOfName(references[0] ?? '', id));
  }

  async #read(
    tenantId: string,
    hostId: string,
    kind: 'container' | 'image',
  ): Promise<{ snapshot: HostSnapshot; findings: OpenFindings; scanId: string }> {
    const { snapshot, scanId } = await readNewestSnapshot(this.#database, tenantId, hostId);
    if (scanId === null) throw new NotFound({}, { detail: 'No scan of this host has had a result yet.' });
    const rows = await this.#database.readForTenant(
      tenantId,
      Prisma.sql`
        SELECT subject_kind AS kind, subject_lasting_name AS "lastingName", severity, count(*)::integer AS count
        FROM findings
        WHERE tenant_id = ${tenantId}::uuid AND host_id = ${hostId}::uuid AND status = 'open' AND subject_kind = ${kind}
        GROUP BY subject_kind, subject_lasting_name, severity`,
    );
    const findings = new OpenFindings(z.array(OpenCount).parse(rows));
    return { snapshot, findings, scanId };
  }
}

const isWanted = ({ search }: Query, texts: readonly string[]): boolean =>
  search === undefined || texts.some((text) => text.toLowerCase().includes(search.toLowerCase()));

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

const imageOf = (image: ImageEntry, usedBy: number, findings: OpenFindings): z.infer<typeof HostImage> => ({
  id: image.id,
  references: image.repoTags.map((reference) => quoteHostText(reference)),
  sizeBytes: image.size ?? 0,
  createdAt: createdAtOf(image),
  usedBy,
  ...findings.of(imageSubject(image)),
});

/** Null for none, and for a number that is no date. */
const createdAtOf = ({ created }: ImageEntry): string | null => {
  const at = new Date((created ?? Number.NaN) * 1000);
  return Number.isNaN(at.getTime()) || at.getUTCFullYear() > 9999 || at.getUTCFullYear() < 0 ? null : at.toISOString();
};
