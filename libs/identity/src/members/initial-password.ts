import { AccountExists } from '@plimsoll/contracts';
import type { Transaction } from '@plimsoll/persistence';

export interface NewUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
}

/**
 * Makes the user; needs the user's own transaction.
 * @throws AccountExists for an account that somebody may be using: it is theirs, and joins by an invitation only
 */
export const prepareUser = async (tx: Transaction, user: NewUser): Promise<void> => {
  const existing = await tx.user.findUnique({
    where: { id: user.id },
    select: { passwordChangedAt: true, _count: { select: { memberships: true } } },
  });
  if (existing === null) {
    await tx.user.create({ data: user, select: { id: true } });
    return;
  }
  if (existing.passwordChangedAt !== null || existing._count.memberships > 0)
    throw new AccountExists({}, { detail: 'Invite this person instead.' });
  // Removed everywhere before the first password was changed: nobody can sign in with it, so it starts anew.
  await tx.user.update({
    where: { id: user.id },
    data: { name: user.name, passwordHash: user.passwordHash },
    select: { id: true },
  });
};
