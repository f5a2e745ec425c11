import { judgeValue } from './judge-value.ts';
import { redacted, redactFormats } from './secret-formats.ts';
import { secretNameStrength } from './secret-names.ts';

/** Hears where a secret was seen and which detector told. */
export type Sight = (where: string, detector: string) => void;

const textLimit = 64 * 1024;
const assignment =
  /(^|[\s"'`;&|({,[])((?:--?)?[A-Za-z_][\w.-]{0,100})(["']?\s?[=:]\s?)("[^"]{0,4096}"|'[^']{0,4096}'|[^\s"'`;&|,]{1,4096})/gu;
const flagWithValue =
  /(^|\s)(--?[A-Za-z][\w-]{1,60})(\s+)("[^"]{1,4096}"|'[^']{1,4096}'|[^\s"'`;&|-][^\s"'`;&|]{0,4096})/gu;
/** `-p` and `-a` mean a password only to these. */
const shortPassword =
  /(\b(?:mysql|mysqldump|mysqladmin|mariadb|mongo|mongosh|redis-cli|sshpass|docker\s+login)\b[^\n;&|]{0,500}?\s-(?:p|a)\s?)(?!assword)([^\s;&|"'-][^\s;&|"']{0,200})/gu;
const userPassword = /(\b(?:curl|wget)\b[^\n;&|]{0,500}?\s(?:-u|--user)[\s=])(["']?[^\s:"']{1,100}:)([^\s"']{1,200})/gu;

// Line ends and tabs are kept: commands have them.
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text that any store, terminal and page can take: no control or direction characters, no half of a surrogate pair. */
export const withoutControls = (text: string): string =>
  text.isWellFormed() && text.search(controls) === -1 ? text : text.toWellFormed().replaceAll(controls, '\ufffd');

const unquote = (value: string): string => value.replace(/^(["'])(.*)\1$/su, '$2');

/** Too short for any format, with nothing that assigns or separates: most of what an engine sends is of this kind. */
const plainWord = /^[\w./-]{0,14}$/u;

/** Free text (a command line, a label, a history step) without the secrets in it. */
export const redactText = (text: string, where: string, sight: Sight): string => {
  if (text.length < 15 && plainWord.test(text)) return text;
  const bounded = withoutControls(text.length > textLimit ? `${text.slice(0, textLimit)}…` : text);
  const found = (detector: string): void => sight(where, detector);
  const judged = (name: string, value: string): boolean => {
    if (secretNameStrength(name) === 'none') return false;
    const verdict = judgeValue(name, unquote(value));
    if (verdict.kind !== 'secret') return false;
    found(verdict.detector ?? 'name:secret');
    return true;
  };
  let result = redactFormats(bounded, found);
  if (/[=:]/u.test(result)) {
    result = result.replace(assignment, (all, before: string, name: string, sign: string, value: string) =>
      judged(name.replace(/^-+/u, ''), value) ? `${before}${name}${sign}${redacted}` : all,
    );
  }
  if (result.includes('-')) {
    result = result
      .replace(flagWithValue, (all, before: string, flag: string, gap: string, value: string) =>
        judged(flag.replace(/^-+/u, ''), value) ? `${before}${flag}${gap}${redacted}` : all,
      )
      .replace(shortPassword, (_all, before: string) => {
        found('name:password');
        return `${before}${redacted}`;
      })
      .replace(userPassword, (_all, before: string, user: string) => {
        found('name:password');
        return `${before}${user}${redacted}`;
      });
  }
  return result;
};

const shortPasswordProgram = /(?:^|\/)(?:mysql|mysqldump|mysqladmin|mariadb|mongo|mongosh|redis-cli|sshpass)$/u;

/** A command as a list: a flag's secret may be the next item. */
export const redactArguments = (items: readonly string[], where: string, sight: Sight): string[] => {
  // A health check begins with CMD, a wrapped command with sudo, env or the like.
  const takesShortPassword = items.slice(0, 4).some((item) => shortPasswordProgram.test(item));
  return items.map((item, index) => {
    const previous = items[index - 1] ?? '';
    const isFlag = /^--?[A-Za-z]/u.test(previous) && !previous.includes('=');
    const named = isFlag && secretNameStrength(previous.replace(/^-+/u, '')) !== 'none';
    const isShort = takesShortPassword && /^-[pa]$/u.test(previous);
    if (named || isShort) {
      const verdict = judgeValue(isShort ? 'password' : previous.replace(/^-+/u, ''), item);
      if (verdict.kind === 'secret' && !item.startsWith('-')) {
        sight(where, verdict.detector ?? 'name:password');
        return redacted;
      }
    }
    if (takesShortPassword && /^-[pa][^\s-]/u.test(item) && !/^-(?:p\d{1,5}|port|attach)/u.test(item)) {
      sight(where, 'name:password');
      return `${item.slice(0, 2)}${redacted}`;
    }
    return redactText(item, where, sight);
  });
};

/** Labels and options: the key may name a secret. */
export const redactMapEntry = (key: string, value: string, where: string, sight: Sight): string => {
  const place = `${where}[${JSON.stringify(key)}]`;
  if (secretNameStrength(key) !== 'none') {
    const verdict = judgeValue(key, value);
    if (verdict.kind === 'secret') {
      sight(place, verdict.detector ?? 'name:secret');
      return redacted;
    }
  }
  return redactText(value, place, sight);
};
