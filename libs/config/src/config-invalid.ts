/** One mistake in the settings: which variable, and what is wrong with it. Never holds the value. */
export interface ConfigMistake {
  readonly variable: string;
  readonly message: string;
}

/** The settings can not be used; the message lists every mistake, one a line. */
export class ConfigInvalid extends Error {
  override readonly name = 'ConfigInvalid';
  readonly mistakes: readonly ConfigMistake[];

  constructor(mistakes: readonly ConfigMistake[]) {
    const lines = mistakes.map(({ variable, message }) => `  ${variable}: ${message}`);
    super(`The settings can not be used:\n${lines.join('\n')}\nSee docs/configuration.md for what each one takes.`);
    this.mistakes = mistakes;
  }
}
