import { AuditWriter } from '@plimsoll/audit';
import { type Database, Platform, type SetAsideMessage } from '@plimsoll/persistence';
import { Command } from 'commander';
import { operatorOf } from '../installation/every-tenant.ts';
import { withInstallation } from '../installation/with-installation.ts';
import { CommandFailed, printable } from '../output/command-failed.ts';

const portion = 500;
const couldNotExitCode = 2;

/** Looks after messages that no worker could read and that were set aside, so that what came after them could leave. */
export const outboxCommand = (): Command =>
  new Command('outbox')
    .description('Look after messages that were set aside')
    .addCommand(listCommand().exitOverride())
    .addCommand(retryCommand().exitOverride());

const listCommand = (): Command =>
  new Command('list')
    .description('List the messages that were set aside')
    .option('--json', 'as JSON, with what they say', false)
    .action(async ({ json }: { json: boolean }) => {
      await withInstallation(async ({ database }) => {
        const messages = await readSetAside(database);
        if (!json) {
          process.stdout.write(messages.map(lineOf).join(''));
          process.stdout.write(`Messages set aside: ${messages.length}.\n`);
          return;
        }
        const whole = [];
        for (const message of messages)
          whole.push({ ...message, sequence: Number(message.sequence), payload: await payloadOf(database, message) });
        process.stdout.write(`${JSON.stringify(whole, null, 2)}\n`);
      });
    });

const retryCommand = (): Command =>
  new Command('retry')
    .description('Let messages that were set aside leave once more')
    .argument('[ids...]', 'ids of messages')
    .option('--all', 'all of them', false)
    .action(async (ids: string[], { all }: { all: boolean }) => {
      if (all === ids.length > 0)
        throw new CommandFailed('nothing-to-retry', 'Give the ids of messages, or --all.', {
          fix: 'List them: plimsoll outbox list',
          exitCode: couldNotExitCode,
        });
      await withInstallation(async ({ database }) => {
        const messages = new Map((await readSetAside(database)).map((message) => [message.id, message]));
        const wanted = all ? [...messages.keys()] : ids;
        const missing: string[] = [];
        for (const id of wanted) {
          const message = messages.get(id.toLowerCase());
          // One that has left since the list was read is no mistake of whoever asked for all.
          if ((message === undefined || !(await retry(database, message))) && !all) missing.push(id);
        }
        process.stdout.write(`Messages that a worker will take up again: ${wanted.length - missing.length}.\n`);
        if (missing.length > 0)
          throw new CommandFailed('message-not-found', `Not set aside: ${missing.join(', ')}.`, {
            fix: 'List those that are: plimsoll outbox list',
            exitCode: couldNotExitCode,
          });
      });
    });

const readSetAside = async ({ platform }: Database): Promise<SetAsideMessage[]> => {
  const messages: SetAsideMessage[] = [];
  for (;;) {
    const next = await platform.listSetAsideMessages(portion, messages.at(-1)?.sequence);
    messages.push(...next);
    if (next.length < portion) return messages;
  }
};

/** The tenant's own words, read as the tenant. */
const payloadOf = async (database: Database, { id, tenantId }: SetAsideMessage): Promise<unknown> =>
  (await database.forTenant(tenantId, (tx) => tx.outboxMessage.findUnique({ where: { id } })))?.payload ?? null;

/** In one transaction with an event in the log of the message's tenant. */
const retry = (database: Database, { id, tenantId, type }: SetAsideMessage): Promise<boolean> =>
  database.forTenant(tenantId, async (tx) => {
    if (!(await new Platform(tx).retrySetAsideMessage(id))) return false;
    await new AuditWriter().record(tx, operatorOf(tenantId, 'outbox retry'), {
      action: 'outbox.retried',
      subject: { kind: 'message', id, name: type },
    });
    return true;
  });

const lineOf = ({ id, tenantId, type, attempts, createdAt, setAsideAt }: SetAsideMessage): string =>
  `${id}  ${printable(type)}  tenant ${tenantId}  of ${createdAt.toISOString()}  set aside ${setAsideAt.toISOString()} after ${attempts} attempts\n`;
