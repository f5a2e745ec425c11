/**
 * Secrets that give themselves away by their form. Every quantifier is bounded: the text comes from the host.
 * `keep` is the part of a match that is no secret (a URL without its password).
 */
interface SecretFormat {
  readonly detector: string;
  readonly pattern: RegExp;
  readonly replacement: string;
}

export const redacted = '[redacted]';

const whole = (name: string, pattern: RegExp): SecretFormat => ({
  detector: `format:${name}`,
  pattern,
  replacement: redacted,
});

const secretFormats: readonly SecretFormat[] = [
  whole(
    'private-key',
    /-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY-----|$)/gu,
  ),
  {
    detector: 'format:url-password',
    // The last @ before the path ends the password, which may hold others.
    pattern: /\b([a-z][a-z0-9+.-]{0,30}:\/\/)(?!x{5}:x{5}@)[^\s/:@"'`]{0,256}:[^\s/"'`]{1,512}@/giu,
    replacement: `$1${redacted}@`,
  },
  whole('aws-access-key-id', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/gu),
  whole('github-token', /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})/gu),
  whole('gitlab-token', /\bgl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas)-[A-Za-z0-9_.-]{20,300}/gu),
  whole('slack-token', /\bxox[abeoprs]-[A-Za-z0-9-]{10,250}/gu),
  whole('slack-webhook', /https:\/\/hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9+/]{20,200}/gu),
  whole('docker-token', /\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,200}/gu),
  whole('swarm-token', /\bSWM(?:TKN|KEY)-1-[A-Za-z0-9+/=-]{20,200}/gu),
  whole('stripe-key', /\b(?:sk|rk|whsec)_(?:live_|test_)?[A-Za-z0-9]{16,250}/gu),
  whole('google-api-key', /\bAIza[A-Za-z0-9_-]{35}/gu),
  whole('npm-token', /\bnpm_[A-Za-z0-9]{36}/gu),
  whole('pypi-token', /\bpypi-[A-Za-z0-9_-]{40,400}/gu),
  whole('sendgrid-key', /\bSG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}/gu),
  whole('vault-token', /\bhv[sbr]\.[A-Za-z0-9_-]{24,300}/gu),
  whole('model-provider-key', /\bsk-(?:proj-|ant-|or-|svcacct-)?[A-Za-z0-9_-]{20,250}/gu),
  whole('azure-key', /\b(?:AccountKey|SharedAccessKey|SharedAccessSignature)=[A-Za-z0-9+/%=&]{20,400}/gu),
  whole('jwt', /\beyJ[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{0,2000}/gu),
  whole('password-hash', /\$(?:2[abxy]?|apr1|1|5|6|y|argon2id?)\$[A-Za-z0-9./$,=+-]{16,200}/gu),
  {
    detector: 'format:authorization-header',
    pattern:
      /\b((?:Proxy-)?Authorization\s{0,3}[:=]\s{0,3}["']?(?:Basic|Bearer|Token|Digest)\s{1,3})[A-Za-z0-9+/=_.~-]{6,4000}/giu,
    replacement: `$1${redacted}`,
  },
];

/**
 * A cheap look that most texts fail, so that the table is walked for few. Without the flag `i`, which takes three times
 * as long: only one of the words may be written in either case.
 */
const anyFormat =
  /PRIVATE KEY|:\/\/|A[KS]IA|gh[pousr]_|github_pat_|\bgl[a-z]{2,5}-|xox|dckr_|SWM|[sr]k[_-]|whsec_|AIza|npm_|pypi-|SG\.|hv[sbr]\.|Account|SharedAccess|eyJ|\$[1256ay]|[aA][uU][tT][hH][oO][rR][iI][zZ][aA][tT][iI][oO][nN]/u;

/** The first format that a text holds, or `undefined`. */
export const formatOf = (text: string): string | undefined => {
  if (!anyFormat.test(text)) return undefined;
  return secretFormats.find(({ pattern }) => text.search(pattern) !== -1)?.detector;
};

/** The text without what a format gives away. `found` hears of each detector once. */
export const redactFormats = (text: string, found: (detector: string) => void): string => {
  if (!anyFormat.test(text)) return text;
  let result = text;
  for (const { detector, pattern, replacement } of secretFormats) {
    if (result.search(pattern) === -1) continue;
    found(detector);
    result = result.replace(pattern, replacement);
  }
  return result;
};
