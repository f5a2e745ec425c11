import type { HostFiles, HostPath } from '../../schema/host-files.ts';
import { redactText } from '../../redaction/redact-text.ts';
import type { HostView } from './host-view.ts';

const listBytes = 512 * 1024;
const lineLimit = 10_000;

/** Fields of the lines of a file such as /etc/passwd; `undefined` where it could not be read. */
const fieldsIn = async (view: HostView, path: string): Promise<string[][] | undefined> => {
  const text = await view.text(path, listBytes);
  if (text === undefined || text === 'absent') return undefined;
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.length > lineLimit ? undefined : lines.map((line) => line.split(':'));
};

const isNumber = (field: string | undefined): boolean => /^\d{1,10}$/u.test(field ?? '');
/** What is no account or group is left out, whatever it may be; names are free, as directory services make odd ones. */
const isAccount = ([name = '', , id]: readonly string[]): boolean => name !== '' && isNumber(id);
const clean = (name: string): string => redactText(name.slice(0, 256), '', () => undefined);

/** A line of `compat` mode, which takes further accounts from elsewhere. */
const isFromElsewhere = ([name = '']: readonly string[]): boolean => /^[+-]/u.test(name);

/** Names and numbers of accounts and groups; passwords stand in other files, which are never asked for. */
export const readAccounts = async (view: HostView): Promise<Pick<HostFiles, 'users' | 'groups' | 'groupSources'>> => {
  const users = await fieldsIn(view, '/etc/passwd');
  const groups = await fieldsIn(view, '/etc/group');
  const switched = await view.text('/etc/nsswitch.conf', 64 * 1024);
  // Without the file the C library looks into the host's own files.
  const named = switched === 'absent' ? ['files'] : switched === undefined ? undefined : sourcesOf(switched);
  const elsewhere = groups?.some(isFromElsewhere) === true ? ['nis'] : [];
  return {
    users: users
      ?.filter((fields) => isAccount(fields) && isNumber(fields[3]))
      .map(([name = '', , uid, gid]) => ({ name: clean(name), uid: Number(uid), gid: Number(gid) })),
    groups: groups?.filter(isAccount).map(([name = '', , gid, members = '']) => ({
      name: clean(name),
      gid: Number(gid),
      members: members
        .split(',')
        .filter((member) => member !== '')
        .map(clean),
    })),
    groupSources: named === undefined ? undefined : [...named, ...elsewhere],
  };
};

const sourcesOf = (text: string): string[] => {
  const line = /^\s*group\s*:(.*)$/mu.exec(text)?.[1]?.replace(/#.*$/u, '') ?? 'files';
  return line.trim().split(/\s+/u);
};

/** Names beside the numbers of owners, as the host's own lists have them. */
export const withNames = (
  paths: Record<string, HostPath>,
  { users, groups }: Pick<HostFiles, 'users' | 'groups'>,
): Record<string, HostPath> => {
  const userNames = new Map(users?.map(({ name, uid }) => [uid, name]));
  const groupNames = new Map(groups?.map(({ name, gid }) => [gid, name]));
  return Object.fromEntries(
    Object.entries(paths).map(([path, entry]) => {
      if (entry.uid === undefined) return [path, entry];
      return [path, { ...entry, ownerName: userNames.get(entry.uid), groupName: groupNames.get(entry.gid) }];
    }),
  );
};
