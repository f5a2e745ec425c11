/** Words that name a secret wherever they stand, glued to others or not (`PGPASSWORD`, `dbPassword`, `api-key`). */
const gluedWords =
  /pass(?:word|wd|phrase)|secret|credential|api[_-]?key|access[_-]?key(?![_-]?id)|private[_-]?key|signing[_-]?key|encryption[_-]?key|master[_-]?key|account[_-]?key|(?<!no)requirepass|joinkey|webhook[_-]?url/iu;
/** Short words that count only as a word of their own. */
const separateWords =
  /(?:^|[_.\s/-])(?:pass|pwd|token|jwt|sas|otp|pin|bearer)(?:$|[_.\s/-]|\d)|[a-z](?:Pass|Pwd|Token|Jwt)(?:$|[A-Z_.-])|(?:^|[_-])\w{0,20}token$|\w{2,12}_?(?:pass|pwd)$/u;
/** Words under which secrets and harmless things are found alike: the value's randomness decides. */
const doubtfulWords =
  /(?:^|[_.\s/-])(?:auth|dsn|key|salt|cookie|seed|hash|cert|sig|signature|hmac|connection[_-]?string|conn[_-]?str)(?:$|[_.\s/-])/iu;

const notSecret =
  /(?:_|-|\.|^)(?:file|path|dir|directory|ttl|length|min|max|policy|expiry|expires(?:_in)?|expiration|timeout|lifetime|type|algorithm|alg|enabled|required|url|uri|endpoint|host|port|issuer|audience|header|field|username|user|name|mode|provider|store|count|rotation|validator|validation|version|prefix|class|reset|regex|format|id|owner|env|hint)$|public[_-]?key|^tokenizers?[_-]|^(?:old)?pwd$|^allow_empty_password$|gpg_keys?$|passthrough|passive|bypass|compass/iu;
const webhookUrl = /webhook[_-]?url/iu;

type Strength = 'strong' | 'doubtful' | 'none';

/** Labels and variables have the same few names on every container; emptied when full, so that no host can fill it. */
const knownStrengths = new Map<string, Strength>();
const knownStrengthsLimit = 2_000;

/** How much a name says: `strong` names a secret, `doubtful` may. */
export const secretNameStrength = (name: string): Strength => {
  if (name.length > 60) return strengthOf(name.slice(-200));
  const known = knownStrengths.get(name);
  if (known !== undefined) return known;
  const strength = strengthOf(name);
  if (knownStrengths.size >= knownStrengthsLimit) knownStrengths.clear();
  knownStrengths.set(name, strength);
  return strength;
};

const strengthOf = (name: string): Strength => {
  if (notSecret.test(name) && !webhookUrl.test(name)) return 'none';
  if (gluedWords.test(name) || separateWords.test(name) || separateWords.test(name.toLowerCase())) return 'strong';
  return doubtfulWords.test(name) ? 'doubtful' : 'none';
};

/** The detector's name for a strong name, e.g. `name:password`. */
export const nameDetector = (name: string): string => {
  const word = gluedWords.exec(name)?.[0] ?? /pass|pwd|token|jwt|sas|otp|pin|bearer/iu.exec(name)?.[0] ?? 'secret';
  return `name:${word.toLowerCase().replaceAll(/[_-]/gu, '-')}`;
};
