import { type CheckResultDocument, type Severity, severities } from '@plimsoll/contracts';
import type { ScanReport } from '@plimsoll/reports';
import Table from 'cli-table3';
import { styleText } from 'node:util';
import { printable } from './command-failed.ts';
import { renderCompliance } from './compliance-table.ts';

type Style = Parameters<typeof styleText>[0];
const styleOf: Record<Severity, Style> = {
  critical: ['bold', 'red'],
  high: 'red',
  medium: 'yellow',
  low: 'cyan',
  info: 'dim',
};

export interface TableOptions {
  /** Columns of the terminal; the last column takes what is left. */
  width: number;
  colour: boolean;
  /** Also what could not be told, what passed and what does not apply. */
  all: boolean;
}

/** One row of a table: a failure of any host, from a report or from the API. */
export interface ResultRow {
  severity: Severity;
  outcome: CheckResultDocument['outcome'];
  check: string;
  host: string;
  thing: string;
  why: string;
}

const borderless = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};
const heads = ['SEVERITY', 'CHECK', 'HOST', 'THING', 'WHY'];
const minimumWhyWidth = 40;

/** Rows as a table for a person; the widest reason is wrapped, never cut. */
export const resultTable = (rows: readonly ResultRow[], { width, colour }: Omit<TableOptions, 'all'>): string => {
  const cells = rows.map(({ severity, outcome, check, host, thing, why }) => [
    outcome === 'fail' ? severity : outcome,
    check,
    printable(host),
    printable(thing),
    printable(why),
  ]);
  const widths = heads.map(
    (head, column) => Math.max(head.length, ...cells.map((row) => row[column]?.length ?? 0)) + 1,
  );
  const used = widths.slice(0, -1).reduce((sum, each) => sum + each + 2, 0);
  widths[widths.length - 1] = Math.max(minimumWhyWidth, width - used);
  const table = new Table({
    head: heads,
    colWidths: widths,
    wordWrap: true,
    chars: borderless,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  const paint = (style: Style, text: string): string =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  table.push(
    ...cells.map((row, index) => {
      const [verdict = '', ...others] = row;
      const { severity = 'info', outcome } = rows[index] ?? {};
      return [paint(outcome === 'fail' ? styleOf[severity] : 'dim', verdict), ...others];
    }),
  );
  return table
    .toString()
    .split('\n')
    .map((each) => each.trimEnd())
    .join('\n');
};

/** The table and the closing lines of one host's report. */
export const renderReport = (report: ScanReport, { all, ...options }: TableOptions): string => {
  const host = report.host.name ?? report.host.address;
  const shown = report.results.filter(({ outcome, causedBy }) => all || (outcome === 'fail' && causedBy === null));
  const rows = shown.map(({ severity, outcome, check, subject, reason }) => ({
    severity,
    outcome,
    check,
    host,
    thing: subject.kind === 'daemon' || subject.kind === 'host' ? subject.kind : `${subject.kind}/${subject.name}`,
    why: reason,
  }));
  return [
    ...(rows.length === 0 ? ['No problem found.'] : [resultTable(rows, options)]),
    '',
    ...report.missingParts.map(({ part, reason, detail }) => printable(`Not read: ${part} (${reason}: ${detail})`)),
    ...report.adjustedParameters.map(({ check, name, value, default: byDefault }) =>
      printable(`Adjusted: ${check}.${name} is ${JSON.stringify(value)} instead of ${JSON.stringify(byDefault)}`),
    ),
    ...(report.compliance === undefined ? [] : [renderCompliance(report.compliance), '']),
    summaryLine(report),
    ...(report.summary.outcomes.unknown > 0 && !all
      ? ['Run again with --all to see what could not be told, and why.']
      : []),
  ].join('\n');
};

const summaryLine = ({ host, summary, catalogueVersion }: ScanReport): string => {
  const failures = severities
    .filter((severity) => summary.failures[severity] > 0)
    .map((severity) => `${summary.failures[severity]} ${severity}`);
  const { pass, unknown } = summary.outcomes;
  return printable(
    `${host.name ?? host.address}${host.simulated ? ' (simulated)' : ''}: Docker ${host.engineVersion ?? 'of unknown version'}, ${host.containers ?? '?'} containers. ` +
      `${failures.length === 0 ? 'No failures' : failures.join(', ')}; ${pass} passed, ${unknown} could not be told. Catalogue ${catalogueVersion}.`,
  );
};
