import { z } from 'zod';

/** What can safely be told of a profile given as JSON: more would need to know the container's program. */
export type ProfileStrength = 'filters' | 'filters-nothing' | 'not-readable';

const Profile = z.object({
  defaultAction: z.string(),
  syscalls: z
    .array(z.object({ action: z.string(), names: z.array(z.string()).nullish(), name: z.string().nullish() }))
    .nullish(),
});

/** Actions after which the call goes on; the two others only write it down. */
const letsThrough = new Set(['SCMP_ACT_ALLOW', 'SCMP_ACT_LOG', 'SCMP_ACT_TRACE']);
const denies = new Set([
  'SCMP_ACT_ERRNO',
  'SCMP_ACT_KILL',
  'SCMP_ACT_KILL_PROCESS',
  'SCMP_ACT_KILL_THREAD',
  'SCMP_ACT_TRAP',
  'SCMP_ACT_NOTIFY',
]);

/** Reads the JSON text of a seccomp profile as the engine stores it. */
export const profileStrength = (text: string): ProfileStrength => {
  const parsed = Profile.safeParse(jsonOf(text));
  if (!parsed.success) return 'not-readable';
  const { defaultAction, syscalls } = parsed.data;
  if (denies.has(defaultAction)) return 'filters';
  if (!letsThrough.has(defaultAction)) return 'not-readable';
  const deniesSome = (syscalls ?? []).some(
    ({ action, names, name }) => denies.has(action) && ((names ?? []).length > 0 || Boolean(name)),
  );
  return deniesSome ? 'filters' : 'filters-nothing';
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * The profile that the last `seccomp=…` or `seccomp:…` of `SecurityOpt` names: `unconfined`, `builtin` or JSON text.
 * Undefined where none does. JSON is full of colons, so a colon parts only what has no equals sign.
 */
export const ownSeccompProfile = (options: readonly string[]): string | undefined => {
  const own = options.findLast((option) => keyOf(option) === 'seccomp');
  const profile = own?.slice('seccomp='.length);
  return profile === '' ? undefined : profile;
};

const keyOf = (option: string): string => {
  const equals = option.indexOf('=');
  const colon = option.indexOf(':');
  return option.slice(0, Math.max(equals >= 0 ? equals : colon, 0));
};
