import { z } from 'zod';

const names = z.array(z.string()).nullish();
const Rule = z.object({
  action: z.string(),
  names,
  name: z.string().nullish(),
  args: z.array(z.unknown()).nullish(),
  includes: z.object({ caps: names, arches: names, minKernel: z.unknown().optional() }).nullish(),
  excludes: z.object({ caps: names, arches: names, minKernel: z.unknown().optional() }).nullish(),
});
const Profile = z.object({ defaultAction: z.string(), syscalls: z.array(Rule).nullish() });
type Rule = z.infer<typeof Rule>;

/** Which calls a profile lets through whatever the container holds; undefined where it can not be read. */
export interface AllowedCalls {
  readonly byDefault: boolean;
  readonly allows: (call: string) => boolean;
}

/** Actions after which the call goes on; the two others only write it down. */
const letsThrough = new Set(['SCMP_ACT_ALLOW', 'SCMP_ACT_LOG', 'SCMP_ACT_TRACE']);

/** The built-in profile lets a call through for a capability, a kernel or some arguments: each is a condition. */
const isUnconditional = ({ args, includes, excludes }: Rule): boolean =>
  (args ?? []).length === 0 &&
  (includes?.caps ?? []).length === 0 &&
  includes?.minKernel === undefined &&
  (excludes?.caps ?? []).length === 0;

const callsOf = ({ names: list, name }: Rule): readonly string[] => [...(list ?? []), ...(name ? [name] : [])];

/** Reads the JSON text of a profile as the engine stores it. */
export const allowedCalls = (text: string): AllowedCalls | undefined => {
  const parsed = Profile.safeParse(jsonOf(text));
  if (!parsed.success) return undefined;
  const { defaultAction, syscalls } = parsed.data;
  const rules = syscalls ?? [];
  const byDefault = letsThrough.has(defaultAction);
  const allowed = new Set(
    rules.filter((rule) => letsThrough.has(rule.action) && isUnconditional(rule)).flatMap(callsOf),
  );
  // Where all is let through, a call counts as refused even if only under a condition: nobody writes it otherwise.
  const refused = new Set(rules.filter((rule) => !letsThrough.has(rule.action)).flatMap(callsOf));
  return { byDefault, allows: (call) => (byDefault ? !refused.has(call) : allowed.has(call)) };
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
