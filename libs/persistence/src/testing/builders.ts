import type { Database } from '../database.ts';
import type { Finding, Host, Prisma, Scan, Tenant, User } from '../generated/client.ts';
import { newId } from '../id.ts';

/** Makes a tenant with sane defaults. */
export async function aTenant(database: Database, given: Partial<Prisma.TenantCreateManyInput> = {}): Promise<Tenant> {
  const id = given.id ?? newId();
  return database.forTenant(id, (tx) =>
    tx.tenant.create({ data: { name: 'Acme', slug: `tenant-${id}`, ...given, id } }),
  );
}

/** Makes a user, and a member of the tenant if one is given. */
export async function aUser(
  database: Database,
  given: Partial<Prisma.UserCreateManyInput> = {},
  membership?: Pick<Prisma.MembershipCreateManyInput, 'tenantId' | 'role'>,
): Promise<User> {
  const id = given.id ?? newId();
  const create = { email: `${id}@example.test`, name: 'Ada', ...given, id };
  if (membership === undefined) return database.forUser(id, (tx) => tx.user.create({ data: create }));
  return database.forTenant(
    membership.tenantId,
    async (tx) => {
      const user = await tx.user.create({ data: create });
      await tx.membership.create({ data: { ...membership, userId: id } });
      return user;
    },
    { userId: id },
  );
}

type Given<Input> = Partial<Input> & { readonly tenantId: string };

/** Makes a host of the tenant. */
export async function aHost(database: Database, given: Given<Prisma.HostCreateManyInput>): Promise<Host> {
  const id = given.id ?? newId();
  return database.forTenant(given.tenantId, (tx) =>
    tx.host.create({ data: { name: `host-${id}`, address: 'tcp://docker.example.test:2376', ...given, id } }),
  );
}

/** Makes a scan of the host: ended well, unless told otherwise. */
export async function aScan(
  database: Database,
  given: Given<Prisma.ScanCreateManyInput> & { readonly hostId: string },
): Promise<Scan> {
  return database.forTenant(given.tenantId, (tx) =>
    tx.scan.create({ data: { state: 'succeeded', ...given, id: given.id ?? newId() } }),
  );
}

/** Makes an open finding of the host. */
export async function aFinding(
  database: Database,
  given: Given<Prisma.FindingCreateManyInput> & { readonly hostId: string },
): Promise<Finding> {
  const id = given.id ?? newId();
  const now = new Date();
  return database.forTenant(given.tenantId, (tx) =>
    tx.finding.create({
      data: {
        checkId: 'socket-mounted',
        fingerprint: `fingerprint-${id}`,
        severity: 'critical',
        theme: 'daemon-attack-surface',
        priority: 400,
        subjectKind: 'container',
        subjectName: 'ci',
        title: 'A container can control the daemon through its socket',
        reason: '/var/run/docker.sock is writable inside',
        openedAt: now,
        lastSeenAt: now,
        ...given,
        id,
      },
    }),
  );
}
