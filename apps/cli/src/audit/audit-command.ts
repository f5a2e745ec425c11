import { AuditReader } from '@plimsoll/audit';
import { type AuditVerification, Uuid } from '@plimsoll/contracts';
import { Command } from 'commander';
import { type NamedTenant, everyTenant } from '../installation/every-tenant.ts';
import { withInstallation } from '../installation/with-installation.ts';
import { CommandFailed, printable } from '../output/command-failed.ts';

/** Reads the tenants' audit logs. */
export const auditCommand = (): Command =>
  new Command('audit').description('Look after the audit logs').addCommand(verifyCommand().exitOverride());

interface Options {
  readonly tenant?: string;
  readonly json: boolean;
}

type Verified = AuditVerification & { readonly tenantId: string; readonly tenantName: string };

const verifyCommand = (): Command =>
  new Command('verify')
    .description('Compute the hash chain of every audit log again; exits with 1 when one is broken')
    .option('--tenant <id>', 'only the log of this tenant')
    .option('--json', 'as JSON', false)
    .action(async ({ tenant, json }: Options) => {
      const verified = await withInstallation(({ database }) =>
        verifyLogs(new AuditReader(database), everyTenant(database), tenant),
      );
      if (tenant !== undefined && verified.length === 0)
        throw new CommandFailed('tenant-not-found', `There is no tenant ${tenant}.`, { exitCode: 2 });
      process.stdout.write(json ? `${JSON.stringify(verified, null, 2)}\n` : verified.map(lineOf).join(''));
      const broken = verified.filter(({ intact }) => !intact);
      if (!json)
        process.stdout.write(
          broken.length === 0
            ? `Audit logs verified: ${verified.length}, all intact.\n`
            : `Audit logs verified: ${verified.length}, BROKEN: ${broken.length}.\n`,
        );
      process.exitCode = broken.length === 0 ? 0 : 1;
    });

const verifyLogs = async (
  reader: AuditReader,
  tenants: AsyncIterable<NamedTenant>,
  only: string | undefined,
): Promise<Verified[]> => {
  // Ids are written in lower case; a wrong one matches none.
  const wanted = only === undefined ? undefined : Uuid.safeParse(only.toLowerCase()).data;
  const verified: Verified[] = [];
  for await (const { id, name } of tenants) {
    if (only !== undefined && id !== wanted) continue;
    verified.push({ tenantId: id, tenantName: name, ...(await reader.verify({ tenantId: id })) });
  }
  return verified;
};

/** The head's hash is what to note down elsewhere: whoever owns the database could compute a whole new chain. */
const lineOf = ({ tenantId, tenantName, intact, events, headHash, firstBroken }: Verified): string => {
  const state = intact || firstBroken === null ? 'intact' : `BROKEN at ${firstBroken.sequence}: ${firstBroken.reason}`;
  return `${tenantId}  ${state}  ${events} events  head ${headHash}  ${printable(tenantName)}\n`;
};
