import type { Member, Role } from '@plimsoll/contracts';

/** What a query adds so that `memberOf` can show the row. */
export const withUser = { include: { user: { select: { id: true, email: true, name: true } } } } as const;

export interface MembershipWithUser {
  readonly userId: string;
  readonly role: Role;
  readonly lastLoginAt: Date | null;
  readonly createdAt: Date;
  readonly version: number;
  readonly user: { readonly id: string; readonly email: string; readonly name: string };
}

/** The member as the API shows it. */
export const memberOf = (row: MembershipWithUser): Member => ({
  id: row.userId,
  user: { id: row.user.id, email: row.user.email, name: row.user.name },
  role: row.role,
  joinedAt: row.createdAt.toISOString(),
  lastLoginAt: row.lastLoginAt?.toISOString() ?? null,
  version: row.version,
});
