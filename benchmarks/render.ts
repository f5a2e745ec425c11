import type { BenchResult, Figure, Target } from './measure.ts';

const digits = (value: number): string => {
  const size = Math.abs(value);
  return value.toLocaleString('en', { maximumFractionDigits: size < 10 ? 2 : size < 100 ? 1 : 0 });
};

const isMet = (value: number, target: Target): boolean =>
  'atMost' in target ? value <= target.atMost : value >= target.atLeast;

const targetOf = ({ value, unit, target }: Figure): string => {
  if (target === undefined) return '';
  const wanted = 'atMost' in target ? `≤ ${digits(target.atMost)}` : `≥ ${digits(target.atLeast)}`;
  return `${wanted} ${unit}, ${isMet(value, target) ? 'met' : 'MISSED'}`;
};

/** A table for people: what was measured, the figure, what it is meant to be, a note. */
export const renderResult = ({ title, figures }: BenchResult): string => {
  const rows = figures.map((figure) => [
    figure.name,
    `${digits(figure.value)} ${figure.unit}`,
    targetOf(figure),
    figure.note ?? '',
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map(([name = '', value = '', target = '', note = '']) =>
    [name.padEnd(widths[0] ?? 0), value.padStart(widths[1] ?? 0), target.padEnd(widths[2] ?? 0), note]
      .join('  ')
      .trimEnd(),
  );
  return [title, ...lines.map((line) => `  ${line}`), ''].join('\n');
};
