import { stripVTControlCharacters } from 'node:util';

const defaultWidth = 120;
let progressShown = false;

/** What the CLI knows of the terminal: results go to stdout, all else to stderr. */
export const terminal = {
  /** Columns; a pipe has none and gets a width that most readers can show. */
  width: (): number => process.stdout.columns ?? defaultWidth,

  /** @see https://no-color.org */
  hasColour: (): boolean => process.stdout.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb',

  /** One line that is written over by the next; nothing where stderr is no terminal. */
  progress: (text: string): void => {
    if (!process.stderr.isTTY) return;
    process.stderr.write(
      `\r\u001B[K${stripVTControlCharacters(text).slice(0, (process.stderr.columns ?? defaultWidth) - 1)}`,
    );
    progressShown = true;
  },

  endProgress: (): void => {
    if (progressShown) process.stderr.write('\r\u001B[K');
    progressShown = false;
  },
};
