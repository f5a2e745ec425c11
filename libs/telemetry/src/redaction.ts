/** Members that hold secrets, whatever they are part of; compared without case, `-` and `_`. */
const secretMembers = new Set([
  'password',
  'initialpassword',
  'passwordhash',
  'secret',
  'token',
  'accesstoken',
  'refreshtoken',
  'apikey',
  'key',
  'privatekey',
  'credential',
  'credentials',
  'authorization',
  'cookie',
  'setcookie',
]);
const depthLimit = 8;
const censored = '[redacted]';

/** Answers for names that were seen before: log lines use few. */
const known = new Map<string, boolean>();
const isSecret = (name: string): boolean => {
  const answer = known.get(name);
  if (answer !== undefined) return answer;
  const secret = secretMembers.has(name.toLowerCase().replaceAll(/[-_]/g, ''));
  if (known.size < 1000) known.set(name, secret);
  return secret;
};

/**
 * The fields of a log line without secrets, at any depth. A second net: secrets are kept out of log calls in the first
 * place. Walking the few fields of a line costs a tenth of what pino's wildcard paths do. Instances of classes, such as
 * errors, are left to pino's serializers.
 */
export const withoutSecrets = (fields: Record<string, unknown>, depth = 0): Record<string, unknown> => {
  let copy: Record<string, unknown> | undefined;
  for (const name in fields) {
    const value = fields[name];
    const safe = isSecret(name) && value !== undefined && value !== null ? censored : cut(value, depth);
    if (safe === value) continue;
    copy ??= { ...fields };
    copy[name] = safe;
  }
  return copy ?? fields;
};

const cut = (value: unknown, depth: number): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === depthLimit) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => cut(item, depth + 1));
  return isPlain(value) ? withoutSecrets(value, depth + 1) : value;
};

const isPlain = (value: object): value is Record<string, unknown> => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};
