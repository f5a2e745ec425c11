import { type ImageEntry, type ImageHistoryStep, valueOf } from '@plimsoll/snapshot';
import { type ShellCommand, shellCommandsOf } from './shell-commands.ts';

/** `other`: a layer whose making does not show, or a command that may be one of a `docker commit`. */
export type Instruction = (typeof instructions)[number] | 'OTHER';
const instructions = [
  'ADD',
  'ARG',
  'CMD',
  'COPY',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'HEALTHCHECK',
  'LABEL',
  'MAINTAINER',
  'ONBUILD',
  'RUN',
  'SHELL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
] as const;

export interface BuildStep {
  readonly instruction: Instruction;
  /** For `RUN` the shell command, for all else the arguments. */
  readonly text: string;
  /** Its place in the engine's answer, newest first: `history[index]`. */
  readonly index: number;
  /** Bytes of its layer; undefined where not seen. */
  readonly size: number | undefined;
}

/** Classic builder: `/bin/sh -c #(nop)  ADD file:… in /`; another SHELL, or Windows, has another beginning. */
const classicMark = ' #(nop) ';
const longestShellPrefix = 200;
const instructionWords = new Set<string>(instructions);
const isInstruction = (word: string): word is (typeof instructions)[number] => instructionWords.has(word);
/** `|2 A=x B=y ` before a command: build arguments, whose values may hold spaces. */
const argumentsMark = /^\|\d+ /;
const shells = new Set('sh bash ash dash zsh ksh busybox cmd cmd.exe powershell powershell.exe pwsh'.split(' '));
const commandFlag = /^(?:-[a-z]*c|\/c|-command)$/i;
const shellOption = /^(?:[-/]|pipefail$|sh$)/;
/** Buildah writes `|force-mtime=…` and the like behind. */
const buildahSuffix = /^\|(?:force-mtime|unsetenv|unsetlabel|setenv|setlabel)=\S*$/;
/** A shell begins early; further on nobody looks for it. */
const longestArguments = 20_000;

const readStep = (step: ImageHistoryStep, index: number): BuildStep => {
  const size = step.Size;
  const whole = withoutBuildahSuffix((step.CreatedBy ?? '').trim());
  const mark = whole.indexOf(classicMark);
  if (mark > 0 && mark <= longestShellPrefix && /(?:-[a-z]*c|\/C|-Command)$/i.test(whole.slice(0, mark))) {
    const known = wordAndRest(whole.slice(mark + classicMark.length).trimStart());
    if (known !== undefined) return { ...known, index, size };
  }
  const plain = whole.replace(/ # buildkit$/, '').trimEnd();
  const known = wordAndRest(plain);
  if (known?.instruction === 'RUN')
    return { instruction: 'RUN', text: withoutShell(known.text) ?? known.text, index, size };
  if (known !== undefined) return { ...known, index, size };
  const command = withoutShell(plain);
  return command === undefined
    ? { instruction: 'OTHER', text: plain, index, size }
    : { instruction: 'RUN', text: command, index, size };
};

const withoutBuildahSuffix = (text: string): string => {
  const bar = text.lastIndexOf('|');
  return bar >= 0 && buildahSuffix.test(text.slice(bar)) ? text.slice(0, bar).trimEnd() : text;
};

const wordAndRest = (text: string): Pick<BuildStep, 'instruction' | 'text'> | undefined => {
  const [word = ''] = text.split(/\s/, 1);
  return isInstruction(word) ? { instruction: word, text: text.slice(word.length).trim() } : undefined;
};

/**
 * What a shell was told to run: `|1 A=x /bin/bash -o pipefail -c make` → `make`. Undefined where there is no shell.
 * One pass over the words, since the text is the host's.
 */
const withoutShell = (text: string): string | undefined => {
  const hasArguments = argumentsMark.test(text);
  let afterShell = false;
  for (const { 0: word, index } of text.slice(0, longestArguments).matchAll(/\S+/g)) {
    if (afterShell && commandFlag.test(word)) return text.slice(index + word.length).trimStart();
    if (afterShell && shellOption.test(word)) continue;
    afterShell = shells.has(word.slice(word.lastIndexOf('/') + 1).toLowerCase());
    if (!afterShell && !hasArguments) return undefined;
  }
  return undefined;
};

const stepsByImage = new WeakMap<ImageEntry, BuildStep[]>();

/** How an image was built, newest step first. Undefined where the engine did not tell, or nothing of use. */
export const buildStepsOf = (image: ImageEntry): BuildStep[] | undefined => {
  const known = stepsByImage.get(image);
  if (known !== undefined) return known;
  const history = valueOf(image.history);
  if (history === undefined || history.length === 0) return undefined;
  const steps = history.map(readStep);
  if (steps.every(({ instruction, text }) => instruction === 'OTHER' && text === '')) return undefined;
  stepsByImage.set(image, steps);
  return steps;
};

const writing = new Set<Instruction>(['RUN', 'COPY', 'ADD']);

/** Whether a step made a layer. The engine does not say; a size of zero is only a hint (`RUN true` makes one). */
export const makesLayer = ({ instruction, size }: BuildStep): boolean => writing.has(instruction) || (size ?? 0) > 0;

const commandsByStep = new WeakMap<BuildStep, ShellCommand[]>();

/** The commands of a step's text, split once however many checks ask. */
export const commandsOf = (step: BuildStep): readonly ShellCommand[] => {
  const known = commandsByStep.get(step);
  if (known !== undefined) return known;
  const commands = shellCommandsOf(step.text);
  commandsByStep.set(step, commands);
  return commands;
};
