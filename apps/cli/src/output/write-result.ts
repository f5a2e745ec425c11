import { writeFileSync } from 'node:fs';
import { CommandFailed } from './command-failed.ts';

/** Writes a command's result to the file that `--output` names. @throws CommandFailed `result-not-written` */
export const writeResult = (path: string, text: string): void => {
  try {
    writeFileSync(path, text);
  } catch (cause) {
    throw new CommandFailed('result-not-written', `The result could not be written to ${path}.`, {
      why: cause instanceof Error ? cause.message : String(cause),
      fix: 'Give --output a file in a folder that exists and that you may write to.',
      exitCode: 2,
      cause,
    });
  }
};
