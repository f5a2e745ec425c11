import type { SettingHint } from '@plimsoll/contracts';

/** First match wins: what asks for a person or a switch is told apart from what another scan would tell. */
const hints: readonly (readonly [RegExp, SettingHint])[] = [
  [/\b(?:read|reading) host files\b|\bmay read this path on the host\b|^Reading host files/i, 'inspectHostFiles'],
  [/\bprocess lists?\b|\blist its processes\b/i, 'processLists'],
  [/\bperson['’]s answer\b|\bnew answer\b|\blet a person\b/i, 'answer'],
  [/\bgate or authorization plugin\b/i, 'gate'],
  [/\bparameter\b/i, 'parameters'],
  [/\bmanager of this swarm\b|\bscan of that node\b|\bRegistering (?:every|the) node/i, 'registerHost'],
  [/^The next scan\b|^A scan\b|, then a scan\b/i, 'scan'],
];

/**
 * Where somebody can switch on what would let a check tell: read from the check's own words, which its table tests pin.
 * @param wouldTell as the verdict has it
 * @param hasQuestion whether the check asks a person, whose answer stands in where nothing else can be done
 * @returns null where nothing here can be done about it
 */
export const settingHintOf = (wouldTell: string | null, hasQuestion: boolean): SettingHint | null => {
  const found = wouldTell === null ? undefined : hints.find(([words]) => words.test(wouldTell))?.[1];
  if (found !== undefined && found !== 'scan') return found;
  return hasQuestion ? 'answer' : (found ?? null);
};
