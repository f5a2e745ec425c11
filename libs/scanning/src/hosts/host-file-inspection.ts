import { AuditWriter } from '@plimsoll/audit';
import { type Actor, NotFound, PermissionMissing } from '@plimsoll/contracts';
import type { Database, Transaction } from '@plimsoll/persistence';

const permission = 'hosts:inspect-files';
const action = 'host.file-inspection-changed';
const audit = new AuditWriter();

/** What is asked of a host that bears on the setting. */
interface Wish {
  readonly inspectHostFiles?: boolean | undefined;
}

/**
 * Reading files of a host makes a container on it, so whether that is done takes a permission of its own, beside the one
 * for changing hosts. Who tries without it is refused, and the log of the tenant says so.
 */
export class InspectionGuard {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @throws PermissionMissing */
  async assertMayRegister(actor: Actor, { name, inspectHostFiles }: Wish & { readonly name: string }): Promise<void> {
    if (inspectHostFiles !== true || actor.permissions.has(permission)) return;
    await this.#database.forTenant(actor.tenantId, (tx) => recordRefusal(tx, actor, { id: null, name }, true));
    throw inspectionRefused();
  }

  /**
   * What of an update this actor may do: the setting as it is already may be sent by anybody, and is then left out, so
   * that it undoes nobody else's change.
   * @throws NotFound
   * @throws PermissionMissing
   */
  async permittedUpdate<Update extends Wish>(actor: Actor, hostId: string, update: Update): Promise<Update> {
    const wanted = update.inspectHostFiles;
    if (wanted === undefined || actor.permissions.has(permission)) return update;
    const { tenantId } = actor;
    const isRefused = await this.#database.forTenant(tenantId, async (tx) => {
      const host = await tx.host.findFirst({
        where: { tenantId, id: hostId },
        select: { id: true, name: true, inspectHostFiles: true },
      });
      if (host === null) throw new NotFound({}, { detail: 'There is no such host.' });
      if (host.inspectHostFiles === wanted) return false;
      await recordRefusal(tx, actor, host, wanted);
      return true;
    });
    if (isRefused) throw inspectionRefused();
    return { ...update, inspectHostFiles: undefined };
  }
}

interface Named {
  readonly id: string | null;
  readonly name: string;
}

/** An event of its own, beside what else was changed: it is what an auditor looks for. */
export const recordInspectionChange = async (
  tx: Transaction,
  actor: Actor,
  { id, name }: Named,
  to: boolean,
): Promise<void> => {
  await audit.record(tx, actor, { action, subject: { kind: 'host', id, name }, details: { from: !to, to } });
};

const recordRefusal = async (tx: Transaction, actor: Actor, { id, name }: Named, to: boolean): Promise<void> => {
  await audit.record(tx, actor, {
    action,
    subject: { kind: 'host', id, name },
    outcome: 'refused',
    details: { reason: 'permission-missing', permission, to },
  });
};

const inspectionRefused = (): Error => {
  const message = `Changing this needs the permission ${permission}.`;
  return new PermissionMissing(
    { permission },
    { detail: message, errors: [{ field: 'inspectHostFiles', in: 'body', message }] },
  );
};
