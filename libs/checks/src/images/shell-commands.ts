/** One command of a shell text with its words unquoted, and what it is piped into. */
export interface ShellCommand {
  /** Program first; words that stand before it (`sudo`, `env A=b`, `then`) are gone. Never empty. */
  readonly words: readonly string[];
  /** The program that reads its output, if any. */
  readonly pipedInto: readonly string[] | undefined;
}

/** Characters; longer texts are cut: nobody writes such a step, and the text is the host's. */
export const longestShellText = 32_768;
const deepestNesting = 4;

/** Words before a command that change nothing of what it does. */
const wrappers = new Set(
  'sudo env time nice ionice nohup exec command xargs eatmydata stdbuf setarch timeout faketime'.split(' '),
);
const keywords = new Set('if then else elif fi do done while until ! { } ( ) for case esac in'.split(' '));
const shells = new Set(['sh', 'bash', 'ash', 'dash', 'zsh', 'ksh']);
const assignment = /^[A-Za-z_][A-Za-z0-9_]*\+?=/;

export const programOf = (words: readonly string[]): string => {
  const [first = ''] = words;
  return first.slice(first.lastIndexOf('/') + 1);
};

/** Splits at `&&`, `||`, `;`, `|`, `&` and line ends, outside quotes, and looks into `sh -c '…'`. */
export const shellCommandsOf = (text: string, depth = 0): ShellCommand[] => {
  const commands: ShellCommand[] = [];
  const split = splitCommands(text.slice(0, longestShellText));
  for (const [index, { words: raw, isPiped }] of split.entries()) {
    const words = bare(raw);
    if (words.length === 0) continue;
    const inner = shells.has(programOf(words)) ? commandString(words) : undefined;
    // What another command writes is not known: `sh -c "$(curl …)"` stays as it is.
    if (inner !== undefined && !/^\s*(?:\$\(|`)/.test(inner) && depth < deepestNesting) {
      commands.push(...shellCommandsOf(inner, depth + 1));
      continue;
    }
    const next = isPiped ? bare(split[index + 1]?.words ?? []) : [];
    commands.push({ words, pipedInto: next.length === 0 ? undefined : next });
  }
  return commands;
};

/** Drops what stands before the program: assignments, keywords, `sudo -u x`, `env A=b`, `timeout 10`. */
const bare = (words: readonly string[]): string[] => {
  let from = 0;
  let isWrapped = false;
  while (from < words.length) {
    const word = words[from] ?? '';
    const isSkipped =
      assignment.test(word) ||
      keywords.has(word) ||
      wrappers.has(programOf([word])) ||
      // Options and numbers of a wrapper: sudo -E, timeout 10m, nice -n 5.
      (isWrapped && /^(?:-|\d+[smhd]?$)/.test(word));
    if (!isSkipped) break;
    isWrapped ||= wrappers.has(programOf([word]));
    from += 1;
  }
  return words.slice(from);
};

/** The text of `sh -c text`; options may stand together as in `-ec`. */
const commandString = (words: readonly string[]): string | undefined => {
  const flag = words.findIndex((word, index) => index > 0 && /^-[a-z]*c$/i.test(word));
  return flag < 0 ? undefined : words[flag + 1];
};

interface RawCommand {
  words: string[];
  /** Followed by a single `|`. */
  isPiped: boolean;
}

const splitCommands = (text: string): RawCommand[] => {
  const commands: RawCommand[] = [];
  let words: string[] = [];
  let word = '';
  let hasWord = false;
  const endWord = (): void => {
    if (hasWord) words.push(word);
    word = '';
    hasWord = false;
  };
  const endCommand = (isPiped = false): void => {
    endWord();
    if (words.length > 0) commands.push({ words, isPiped });
    words = [];
  };
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '\\') {
      at += 1;
      // A line that goes on; after a carriage return too.
      if (text[at] === '\r' && text[at + 1] === '\n') at += 1;
      if (text[at] !== '\n' && at < text.length) {
        word += text[at] ?? '';
        hasWord = true;
      }
    } else if (char === "'" || char === '"') {
      const end = closingQuote(text, at);
      word += unquoted(text.slice(at + 1, end), char);
      hasWord = true;
      at = end;
    } else if (((char === '$' || char === '<') && text[at + 1] === '(') || char === '`') {
      const end = char === '`' ? closingQuote(text, at) : closingBracket(text, at + 1);
      word += text.slice(at, end + 1);
      hasWord = true;
      at = end;
    } else if (char === ' ' || char === '\t' || char === '\r') endWord();
    else if (char === '#' && !hasWord) {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end - 1;
    } else if (char === '|' && text[at + 1] !== '|') endCommand(true);
    else if (char === '&' && isRedirection(text, at)) word += char;
    else if (char === '\n' || char === ';' || char === '&' || char === '|' || char === '(' || char === ')')
      endCommand();
    else {
      word += char;
      hasWord = true;
    }
  }
  endCommand();
  return commands;
};

/** `2>&1` and `&>file` are no end of a command. */
const isRedirection = (text: string, at: number): boolean => text[at - 1] === '>' || text[at + 1] === '>';

const closingQuote = (text: string, at: number): number => {
  const quote = text[at] ?? '';
  for (let end = at + 1; end < text.length; end += 1) {
    if (text[end] === '\\' && quote !== "'") end += 1;
    else if (text[end] === quote) return end;
  }
  return text.length;
};

const closingBracket = (text: string, at: number): number => {
  let open = 0;
  for (let end = at; end < text.length; end += 1) {
    if (text[end] === '(') open += 1;
    else if (text[end] === ')') open -= 1;
    if (open === 0) return end;
  }
  return text.length;
};

const unquoted = (text: string, quote: string): string =>
  quote === '"' ? text.replaceAll(/\\(["\\$`])/g, '$1') : text;
