import type { SecretVerdict } from '../schema/secret.ts';
import { formatOf } from './secret-formats.ts';
import { nameDetector, secretNameStrength } from './secret-names.ts';

const switches = new Set(
  'true false yes no on off enabled disabled none null nil undefined required optional auto default always never prompt 0 1'.split(
    ' ',
  ),
);
const placeholder =
  /^(?:\$\{?[A-Za-z_][\w:?-]{0,200}\}?|<[^<>]{1,100}>|%[A-Za-z_]\w{0,100}%|\{\{[^{}]{1,200}\}\}|\*{3,}|x{3,}|example|\[redacted\])$/iu;
/** A shell puts it in when the command runs: `$(cat /run/secrets/password)`. */
const substitution = /^(?:\$\(|`)/u;
/** What a tool noted of its own input, e.g. compose in `com.docker.compose.config-hash`. */
const digest = /^(?:sha\d{1,3}:)?[0-9a-f]{32,128}$/u;
const hashName = /(?:^|[_.\s/-])hash$/iu;
const path = /^(?:file:\/\/)?(?:\.{0,2}\/|[A-Za-z]:\\)[\w.@+:~-]{1,64}(?:[/\\][\w.@+:~-]{1,64}){0,20}\/?$/u;
const lookup =
  /^(?:vault|ssm|awssm|op|secret|secrets|keyvault|gcpsm|doppler|env|arn:aws[\w-]*:(?:secretsmanager|ssm)|projects\/[^/]{1,100}\/secrets)[:/]/iu;

/** Shannon's measure over the characters of a text, in bits for each. */
const entropyBits = (text: string): number => {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) {
    const share = count / text.length;
    bits -= share * Math.log2(share);
  }
  return bits;
};

const minimumEntropyBits = 3.5;
const minimumRandomLength = 16;

/** Long, random-looking and of more than one kind of character: no word, sentence, number or fingerprint. */
const looksRandom = (value: string): boolean =>
  value.length >= minimumRandomLength &&
  value.length <= 512 &&
  !/\s/u.test(value) &&
  /\d/u.test(value) &&
  /[A-Za-z]/u.test(value) &&
  entropyBits(value) >= minimumEntropyBits;

/** The verdict on a value under its name. The value is looked at and not kept. */
export const judgeValue = (name: string, value: string): SecretVerdict => {
  if (value === '') return { kind: 'empty' };
  const format = formatOf(value);
  if (format !== undefined) return { kind: 'secret', detector: format };
  const strength = secretNameStrength(name);
  const isPointer = /_(?:file|path|dir)$/iu.test(name);
  if (isPointer || path.test(value) || lookup.test(value) || substitution.test(value)) return { kind: 'reference' };
  if (switches.has(value.toLowerCase()) || placeholder.test(value)) return { kind: 'plain' };
  if (strength === 'strong') return { kind: 'secret', detector: nameDetector(name) };
  if (strength === 'doubtful' && hashName.test(name) && digest.test(value)) return { kind: 'plain' };
  if (strength === 'doubtful' && looksRandom(value)) return { kind: 'secret', detector: 'entropy' };
  return { kind: 'plain' };
};
