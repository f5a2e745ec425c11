import type { SecretSighting } from '../schema/secret.ts';
import { redactArguments, redactMapEntry, redactText, type Sight, withoutControls } from './redact-text.ts';
import { redactFormats } from './secret-formats.ts';

/** Fields that hold free keys with text under them: there the key may name a secret, elsewhere it is the API's own. */
const freeKeyed = new Set([
  'Labels',
  'labels',
  'Options',
  'Annotations',
  'Config',
  'StorageOpt',
  'Sysctls',
  'Tmpfs',
  'DriverOpts',
  'Details',
]);
const commands = new Set(['Cmd', 'Entrypoint', 'Args', 'Command', 'Test', 'OnBuild', 'Shell', 'runtimeArgs']);

/**
 * A copy of a parsed answer in which no text holds a secret. Structure, numbers and flags stay as they are.
 * @param where the place's name at the start of each sighting, '' for none
 */
export const redactDeep = <T>(value: T, where = ''): { value: T; sightings: SecretSighting[] } => {
  const seen = new Map<string, SecretSighting>();
  const sight: Sight = (place, detector) => {
    const detectorAt = `${detector} ${place}`;
    // A key or name in the place may itself be what gave the secret away.
    if (!seen.has(detectorAt))
      seen.set(detectorAt, { where: withoutControls(redactFormats(place, () => undefined)), detector });
  };
  const copy = walk(value, where, '', sight);
  return { value: copy, sightings: [...seen.values()].slice(0, sightingsLimit) };
};

const sightingsLimit = 500;

const walk = <T>(value: T, where: string, field: string, sight: Sight): T => {
  // The copy has the shape of what it copies: texts stay texts, lists stay lists, objects keep their keys.
  return copyOf(value, where, field, sight) as T;
};

const copyOf = (value: unknown, where: string, field: string, sight: Sight): unknown => {
  if (typeof value === 'string') return redactText(value, where, sight);
  if (Array.isArray(value)) {
    if (commands.has(field) && value.every((item) => typeof item === 'string')) {
      return redactArguments(value, where, sight);
    }
    return value.map((item: unknown, index) => copyOf(item, `${where}[${index}]`, '', sight));
  }
  if (typeof value !== 'object' || value === null) return value;
  const isFreeKeyed = freeKeyed.has(field) && Object.values(value).every((item) => typeof item === 'string');
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => {
      if (key === 'environment') return [key, item]; // judged already
      const safeKey = withoutControls(redactFormats(key, (detector) => sight(where, detector)));
      if (isFreeKeyed && typeof item === 'string') return [safeKey, redactMapEntry(key, item, where, sight)];
      return [safeKey, copyOf(item, where === '' ? key : `${where}.${key}`, key, sight)];
    }),
  );
};
