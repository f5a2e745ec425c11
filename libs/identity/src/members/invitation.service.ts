import { createHash, randomBytes } from 'node:crypto';
import type { AuditWriter } from '@plimsoll/audit';
import { AlreadyExists, NotFound, PermissionMissing } from '@plimsoll/contracts';
import type {
  AcceptedInvitation,
  Actor,
  CreateInvitation,
  CreatedInvitation,
  Invitation,
  InvitationQuery,
  Page,
} from '@plimsoll/contracts';
import { newId, newestFirst } from '@plimsoll/persistence';
import type { Database, Invitation as InvitationRow } from '@plimsoll/persistence';
import type { z } from 'zod';
import { auditRefusal } from '../audit-refusal.ts';
import type { Clock } from '../clock.ts';
import { lockTenant } from '../tenants/tenant-lock.ts';
import { readActingPermissions, requireAuthorityOver } from './member-rules.ts';

const invitations = newestFirst('invitations');
const lifetimeMs = 7 * 86_400_000;

/**
 * Lets somebody join who may have an account already. The code is handed over by whoever invites: an account with the
 * right email address alone opens nothing, since nobody has proved that the address is theirs; and nobody becomes a
 * member, or is shown to be somebody's user, without having agreed.
 */
export class InvitationService {
  readonly #database: Database;
  readonly #audit: AuditWriter;
  readonly #now: Clock;

  constructor(database: Database, audit: AuditWriter, now: Clock) {
    this.#database = database;
    this.#audit = audit;
    this.#now = now;
  }

  /**
   * The newest first, those that have expired included.
   * @throws CursorInvalid
   */
  async list({ tenantId }: Actor, query: z.output<typeof InvitationQuery>): Promise<Page<Invitation>> {
    const rows = await this.#database.forTenant(tenantId, (tx) =>
      tx.invitation.findMany({
        where: { tenantId, ...invitations.after(query.cursor) },
        orderBy: invitations.orderBy,
        take: query.limit + 1,
      }),
    );
    return invitations.page(rows, query.limit, invitationOf);
  }

  /**
   * Invites an email address, whether it has an account or not; an earlier invitation of the same address ends.
   * @throws PermissionMissing when the role could do more than who gives it
   * @throws AlreadyExists when a member has the address
   */
  async create(actor: Actor, { email, role }: z.output<typeof CreateInvitation>): Promise<CreatedInvitation> {
    const { tenantId } = actor;
    const code = randomBytes(24).toString('base64url');
    const now = this.#now();
    const attempt = { database: this.#database, audit: this.#audit, actor, action: 'invitation.created' };
    return auditRefusal({ ...attempt, subject: { kind: 'invitation', name: email } }, () =>
      this.#database.forTenant(tenantId, async (tx) => {
        await lockTenant(tx, tenantId);
        requireAuthorityOver(await readActingPermissions(tx, actor), role);
        const member = await tx.membership.findFirst({
          where: { tenantId, user: { email: { equals: email, mode: 'insensitive' } } },
          select: { userId: true },
        });
        if (member !== null) throw new AlreadyExists({ field: 'email' }, { detail: 'This user is a member already.' });
        await tx.invitation.deleteMany({ where: { tenantId, OR: [{ email }, { expiresAt: { lte: now } }] } });
        const row = await tx.invitation.create({
          data: {
            id: newId(),
            tenantId,
            email,
            role,
            codeHash: hashOf(code),
            createdById: actor.id,
            createdByName: actor.name,
            createdAt: now,
            expiresAt: new Date(now.getTime() + lifetimeMs),
          },
        });
        await this.#audit.record(tx, actor, {
          action: 'invitation.created',
          subject: subjectOf(row),
          details: { role, expiresAt: row.expiresAt.toISOString() },
        });
        return { ...invitationOf(row), code };
      }),
    );
  }

  /** @throws NotFound */
  async withdraw(actor: Actor, id: string): Promise<void> {
    const { tenantId } = actor;
    await this.#database.forTenant(tenantId, async (tx) => {
      const row = await tx.invitation.findUnique({ where: { id, tenantId } });
      if (row === null) throw new NotFound({});
      await tx.invitation.delete({ where: { id, tenantId }, select: { id: true } });
      await this.#audit.record(tx, actor, { action: 'invitation.withdrawn', subject: subjectOf(row) });
    });
  }

  /**
   * Makes the user who asks a member of the tenant that the code is of.
   * @throws NotFound for a code that is none, has expired, was used, or is for another email address: all alike
   * @throws PermissionMissing for an API key
   */
  async accept(actor: Actor, code: string): Promise<AcceptedInvitation> {
    const userId = actor.id;
    if (actor.kind !== 'user' || userId === null) throw notAUser();
    const found = await this.#database.platform.findInvitation(hashOf(code));
    // The actor of a user goes by the email address.
    if (found === undefined || found.expiresAt <= this.#now() || found.email !== actor.name.toLowerCase())
      throw noSuchInvitation();
    const { tenantId, role } = found;
    return this.#database.forTenant(
      tenantId,
      async (tx) => {
        await lockTenant(tx, tenantId);
        const { count } = await tx.invitation.deleteMany({ where: { id: found.id, tenantId } });
        if (count === 0) throw noSuchInvitation();
        const { name } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { name: true } });
        await tx.membership.create({
          data: { tenantId, userId, role, createdAt: this.#now() },
          select: { userId: true },
        });
        await this.#audit.record(
          tx,
          { ...actor, tenantId },
          {
            action: 'member.added',
            subject: { kind: 'member', id: userId, name: actor.name },
            details: { role, invitation: found.id },
          },
        );
        return { tenant: { id: tenantId, name }, role };
      },
      { userId },
    );
  }
}

/** What is stored of a code. It is random enough that a plain hash can not be searched. */
const hashOf = (code: string): Uint8Array<ArrayBuffer> => Uint8Array.from(createHash('sha256').update(code).digest());

const noSuchInvitation = (): Error =>
  new NotFound(
    {},
    { detail: 'There is no such invitation for your email address, or it has expired. Ask for a new one.' },
  );

const notAUser = (): Error =>
  new PermissionMissing({ permission: 'user' }, { detail: 'Only a user who is signed in can accept an invitation.' });

const subjectOf = ({ id, email }: InvitationRow) => ({ kind: 'invitation', id, name: email });

const invitationOf = (row: InvitationRow): Invitation => ({
  id: row.id,
  email: row.email,
  role: row.role,
  createdAt: row.createdAt.toISOString(),
  createdBy: row.createdByName === '' ? null : row.createdByName,
  expiresAt: row.expiresAt.toISOString(),
});
