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
 * A parsed answer in which no text holds a secret. Structure, numbers and flags stay as they are; where nothing had to
 * go, what comes back is what was given, not a copy.
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
  // What comes back has the shape of what was given: texts stay texts, lists stay lists, objects stay objects.
  return redactedOf(value, where, field, sight) as T;
};

/** What was given wherever nothing in it changes: a scan of 200 containers has 40,000 texts, and few hold a secret. */
const redactedOf = (value: unknown, where: string, field: string, sight: Sight): unknown => {
  if (typeof value === 'string') return redactText(value, where, sight);
  if (Array.isArray(value)) return redactedList(value, where, field, sight);
  return typeof value === 'object' && value !== null ? redactedObject(value, where, field, sight) : value;
};

const redactedList = (list: readonly unknown[], where: string, field: string, sight: Sight): readonly unknown[] => {
  const items =
    commands.has(field) && list.every((item) => typeof item === 'string')
      ? redactArguments(list, where, sight)
      : list.map((item, index) => redactedOf(item, `${where}[${index}]`, '', sight));
  return items.every((item, index) => item === list[index]) ? list : items;
};

const redactedObject = (value: object, where: string, field: string, sight: Sight): object => {
  const entries: [string, unknown][] = Object.entries(value);
  const isFreeKeyed = freeKeyed.has(field) && entries.every(([, item]) => typeof item === 'string');
  let isChanged = false;
  for (const entry of entries) {
    const [key, item] = entry;
    if (key === 'environment') continue; // judged already
    const safeKey = redactKey(key, where, sight);
    const safeItem =
      isFreeKeyed && typeof item === 'string'
        ? redactMapEntry(key, item, where, sight)
        : redactedOf(item, where === '' ? key : `${where}.${key}`, key, sight);
    if (safeKey === key && safeItem === item) continue;
    isChanged = true;
    entry[0] = safeKey;
    entry[1] = safeItem;
  }
  return isChanged ? Object.fromEntries(entries) : value;
};

/** The API's own field names come again and again. */
const plainKeys = new Set<string>();
const plainKeysLimit = 2_000;

const redactKey = (key: string, where: string, sight: Sight): string => {
  if (plainKeys.has(key)) return key;
  const safeKey = withoutControls(redactFormats(key, (detector) => sight(where, detector)));
  if (safeKey === key && fieldName.test(key) && plainKeys.size < plainKeysLimit) plainKeys.add(key);
  return safeKey;
};
/** As the Engine and the snapshot name their fields. */
const fieldName = /^[A-Za-z][A-Za-z0-9]{0,30}$/u;
