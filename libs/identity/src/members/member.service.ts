import type { AuditWriter } from '@plimsoll/audit';
import { AlreadyExists, NotFound } from '@plimsoll/contracts';
import type { Actor, AddMember, AddedMember, Member, MemberQuery, Page, UpdateMember } from '@plimsoll/contracts';
import { newId, pageOfRows, readCursor, timeOf } from '@plimsoll/persistence';
import type { Database, KeysetOrder, Prisma, Transaction } from '@plimsoll/persistence';
import type { z } from 'zod';
import type { AccessCache } from '../access/access-cache.ts';
import { permissionSetOf } from '../access/principal.ts';
import { revokeKeysBeyond } from '../api-keys/api-key.service.ts';
import { auditRefusal } from '../audit-refusal.ts';
import type { Clock } from '../clock.ts';
import { hashPassword } from '../passwords/password-hasher.ts';
import { randomPassword } from '../passwords/random-password.ts';
import { lockTenant } from '../tenants/tenant-lock.ts';
import { isUniqueViolation } from '../unique-violation.ts';
import { requireVersion } from '../version-check.ts';
import { memberOf, withUser } from './member-view.ts';
import type { MembershipWithUser } from './member-view.ts';
import { prepareUser } from './initial-password.ts';
import { readActingPermissions, requireAnotherOwner, requireAuthorityOver } from './member-rules.ts';

const byJoining: KeysetOrder = { name: 'members', type: 'timestamptz' };

/** Who belongs to a tenant, and as what. */
export class MemberService {
  readonly #database: Database;
  readonly #audit: AuditWriter;
  readonly #cache: AccessCache;
  readonly #now: Clock;

  constructor(database: Database, audit: AuditWriter, cache: AccessCache, now: Clock) {
    this.#database = database;
    this.#audit = audit;
    this.#cache = cache;
    this.#now = now;
  }

  /**
   * In the order of joining.
   * @throws CursorInvalid
   */
  async list(actor: Pick<Actor, 'tenantId'>, query: z.output<typeof MemberQuery>): Promise<Page<Member>> {
    const { tenantId } = actor;
    const after = readCursor(byJoining, query.cursor);
    const where: Prisma.MembershipWhereInput[] = [];
    if (query.search !== undefined) {
      const contains = { contains: query.search.replaceAll(/[\\%_]/g, '\\$&'), mode: 'insensitive' } as const;
      where.push({ user: { OR: [{ name: contains }, { email: contains }] } });
    }
    if (after !== undefined) {
      const joinedAt = timeOf(after);
      where.push({
        createdAt: { gte: joinedAt },
        OR: [{ createdAt: { gt: joinedAt } }, { userId: { gt: after.id } }],
      });
    }
    const rows = await this.#database.forTenant(tenantId, (tx) =>
      tx.membership.findMany({
        where: { tenantId, AND: where },
        ...withUser,
        orderBy: [{ createdAt: 'asc' }, { userId: 'asc' }],
        take: query.limit + 1,
      }),
    );
    return pageOfRows(
      byJoining,
      rows,
      query.limit,
      ({ createdAt, userId }) => ({ value: createdAt, id: userId }),
      memberOf,
    );
  }

  /** @throws NotFound */
  async read(actor: Pick<Actor, 'tenantId'>, userId: string): Promise<Member> {
    return this.#database.forTenant(actor.tenantId, async (tx) => memberOf(await find(tx, actor.tenantId, userId)));
  }

  /**
   * Makes a user with an initial password, which is returned once unless it was given, and adds it.
   * @throws PermissionMissing when the role could do more than who gives it
   * @throws AlreadyExists when the user is a member
   * @throws AccountExists for an email address that has an account: it joins by an invitation
   */
  async add(actor: Actor, input: z.output<typeof AddMember>): Promise<AddedMember> {
    const initialPassword = input.password === undefined ? randomPassword() : null;
    const passwordHash = await hashPassword(input.password ?? initialPassword ?? randomPassword());
    const existing = await this.#database.platform.findUserByEmail(input.email);
    const user = { id: existing?.id ?? newId(), email: input.email, name: input.name ?? input.email, passwordHash };
    const subject = { kind: 'member', name: input.email };
    return this.#refusable(actor, 'member.added', subject, async () => {
      try {
        return await this.#database.forTenant(
          actor.tenantId,
          async (tx) => {
            await lockTenant(tx, actor.tenantId);
            requireAuthorityOver(await readActingPermissions(tx, actor), input.role);
            await requireNoMember(tx, actor.tenantId, user.id);
            await prepareUser(tx, user);
            await tx.membership.create({
              data: { tenantId: actor.tenantId, userId: user.id, role: input.role, createdAt: this.#now() },
              select: { userId: true },
            });
            const member = memberOf(await find(tx, actor.tenantId, user.id));
            await this.#audit.record(tx, actor, {
              action: 'member.added',
              subject: { ...subject, id: user.id },
              details: { role: input.role },
            });
            return { ...member, initialPassword };
          },
          { userId: user.id },
        );
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        throw new AlreadyExists(
          { field: 'email' },
          { detail: 'This address was given an account at this very moment; try again.', cause: error },
        );
      }
    });
  }

  /**
   * @throws NotFound, VersionConflict, PermissionMissing
   * @throws LastOwner
   */
  async changeRole(
    actor: Actor,
    userId: string,
    { role }: z.output<typeof UpdateMember>,
    expectedVersion: number | null,
  ): Promise<Member> {
    const member = await this.#refusable(actor, 'member.role-changed', { kind: 'member', id: userId }, () =>
      this.#database.forTenant(actor.tenantId, async (tx) => {
        await lockTenant(tx, actor.tenantId);
        const before = await find(tx, actor.tenantId, userId);
        requireVersion(before, expectedVersion);
        const acting = await readActingPermissions(tx, actor);
        requireAuthorityOver(acting, before.role);
        requireAuthorityOver(acting, role);
        if (before.role === role) return memberOf(before);
        if (before.role === 'owner') await requireAnotherOwner(tx, actor.tenantId, userId);
        const after = await tx.membership.update({
          where: { tenantId_userId: { tenantId: actor.tenantId, userId } },
          data: { role, version: { increment: 1 } },
          ...withUser,
        });
        // Whoever may do less now has not invited anybody to more.
        await tx.invitation.deleteMany({ where: { tenantId: actor.tenantId, createdById: userId } });
        const revokedApiKeys = await revokeKeysBeyond(
          tx,
          { tenantId: actor.tenantId, userId, permissions: permissionSetOf(role) },
          this.#now(),
        );
        await this.#audit.record(tx, actor, {
          action: 'member.role-changed',
          subject: subjectOf(after),
          details: { role: { from: before.role, to: role }, revokedApiKeys },
        });
        return memberOf(after);
      }),
    );
    this.#cache.clear();
    return member;
  }

  /**
   * Removes a member: sessions in this tenant end, and API keys that the member made are revoked.
   * @throws NotFound, PermissionMissing
   * @throws LastOwner
   */
  async remove(actor: Actor, userId: string): Promise<void> {
    await this.#refusable(actor, 'member.removed', { kind: 'member', id: userId }, () =>
      this.#database.forTenant(actor.tenantId, async (tx) => {
        await lockTenant(tx, actor.tenantId);
        const member = await find(tx, actor.tenantId, userId);
        requireAuthorityOver(await readActingPermissions(tx, actor), member.role);
        if (member.role === 'owner') await requireAnotherOwner(tx, actor.tenantId, userId);
        const now = this.#now();
        await tx.refreshToken.updateMany({
          where: { tenantId: actor.tenantId, userId, revokedAt: null },
          data: { revokedAt: now },
        });
        await tx.invitation.deleteMany({ where: { tenantId: actor.tenantId, createdById: userId } });
        const maker = { tenantId: actor.tenantId, userId, permissions: new Set<never>() };
        const revokedApiKeys = await revokeKeysBeyond(tx, maker, now);
        await tx.membership.delete({
          where: { tenantId_userId: { tenantId: actor.tenantId, userId } },
          select: { userId: true },
        });
        await this.#audit.record(tx, actor, {
          action: 'member.removed',
          subject: subjectOf(member),
          details: { role: member.role, revokedApiKeys },
        });
      }),
    );
    this.#cache.clear();
  }

  #refusable<T>(
    actor: Actor,
    action: string,
    subject: { readonly kind: string; readonly id?: string; readonly name?: string },
    work: () => Promise<T>,
  ): Promise<T> {
    return auditRefusal({ database: this.#database, audit: this.#audit, actor, action, subject }, work);
  }
}

const find = async (tx: Transaction, tenantId: string, userId: string): Promise<MembershipWithUser> => {
  const row = await tx.membership.findUnique({ where: { tenantId_userId: { tenantId, userId } }, ...withUser });
  if (row === null) throw new NotFound({});
  return row;
};

const requireNoMember = async (tx: Transaction, tenantId: string, userId: string): Promise<void> => {
  const row = await tx.membership.findUnique({ where: { tenantId_userId: { tenantId, userId } } });
  if (row !== null) throw new AlreadyExists({ field: 'email' }, { detail: 'This user is a member already.' });
};

const subjectOf = (row: MembershipWithUser) => ({ kind: 'member', id: row.userId, name: row.user.email });
