import type { Compliance, ComplianceCounts, SettingHint } from '@plimsoll/contracts';
import { printable } from './command-failed.ts';

const heads = ['SECTION', 'PASSED', 'PASS', 'FAIL', 'UNDECIDED', 'N/A'];

const whatToDo: Readonly<Record<SettingHint, string>> = {
  inspectHostFiles: 'reading host files (--host-files)',
  processLists: 'process lists (without --no-process-lists)',
  answer: 'the answer of a person, which the server keeps',
  gate: 'a gate or authorization plugin that lets the requests pass',
  parameters: 'a parameter of the check (--parameter)',
  registerHost: 'a scan of another host of the swarm',
  scan: 'another scan',
};

/** A benchmark's sections for a person: how much of each holds, and what would decide the rest. */
export const renderCompliance = ({ benchmark, sections, counts, settings }: Compliance): string => {
  const rows = [
    ...sections.map(({ id, title, counts: of }) => [`${id} ${title}`, ...cellsOf(of)]),
    ['all', ...cellsOf(counts)],
  ];
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [
    printable(`${benchmark?.name ?? 'All checks'} ${benchmark?.version ?? ''}`.trim()),
    line(heads),
    ...rows.map(line),
    ...settings.map(({ setting, checks }) => `${checks} of the undecided need ${whatToDo[setting]}.`),
  ].join('\n');
};

const cellsOf = ({ percent, pass, fail, undecided, notApplicable }: ComplianceCounts): string[] => [
  percent === null ? '–' : `${percent} %`,
  String(pass),
  String(fail),
  String(undecided),
  String(notApplicable),
];
