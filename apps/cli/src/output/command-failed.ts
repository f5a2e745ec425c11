/** What ends a command: what went wrong, why, and what to do, each a line; and the exit code. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  readonly slug: string;
  readonly why: string | undefined;
  readonly fix: string | undefined;
  readonly exitCode: number;

  constructor(
    slug: string,
    message: string,
    options: { why?: string | undefined; fix?: string | undefined; exitCode?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.slug = slug;
    this.why = options.why;
    this.fix = options.fix;
    this.exitCode = options.exitCode ?? 1;
  }
}

/**
 * The lines for a terminal. Nothing a host sent can move the cursor or pass for a line of ours: control characters are
 * shown as escapes, and further lines of a text are indented.
 */
export const renderFailure = ({ slug, message, why, fix }: CommandFailed): string =>
  [
    `error  ${slug}  ${printableLines(message)}`,
    ...(why === undefined ? [] : [`why    ${printableLines(why)}`]),
    ...(fix === undefined ? [] : [`fix    ${printableLines(fix)}`]),
  ].join('\n');

/** As `printable`, line by line, with all but the first indented. */
export const printableLines = (text: string): string => text.trimEnd().split(/\r?\n/u).map(printable).join('\n       ');

/** Text from a host made safe for a terminal. */
export const printable = (text: string): string =>
  text.replaceAll(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
