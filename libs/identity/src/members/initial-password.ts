import { StateConflict } from '@plimsoll/contracts';
import type { Transaction } from '@plimsoll/persistence';

export interface NewUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
}

/**
 * Makes the user, or finds the one with this id; needs the user's own transaction. Who still has an initial password
 * belongs to the tenant that made it, whose admins may know it: another tenant must not let them in with it.
 * @returns whether the given password is the user's now
 * @throws StateConflict
 */
export const prepareUser = async (tx: Transaction, user: NewUser): Promise<boolean> => {
  const existing = await tx.user.findUnique({
    where: { id: user.id },
    select: { passwordChangedAt: true, _count: { select: { memberships: true } } },
  });
  if (existing === null) {
    await tx.user.create({ data: user, select: { id: true } });
    return true;
  }
  if (existing.passwordChangedAt !== null) return false;
  if (existing._count.memberships > 0) {
    throw new StateConflict(
      { state: 'initial-password' },
      {
        detail:
          'This user has not yet replaced the initial password that another tenant gave out. ' +
          'Ask them to sign in there and change it, then add them.',
      },
    );
  }
  // Removed everywhere before the first password was changed: nobody can sign in with it, so it starts anew.
  await tx.user.update({
    where: { id: user.id },
    data: { name: user.name, passwordHash: user.passwordHash },
    select: { id: true },
  });
  return true;
};
