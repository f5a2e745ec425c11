import { createTheme } from '@mantine/core';
import type { Severity } from '../api/generated/types.gen.ts';

export const theme = createTheme({
  primaryColor: 'blue',
  defaultRadius: 'md',
  autoContrast: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  headings: { fontWeight: '650' },
});

/** Never the only sign: the word stands beside it. */
export const severityColour: Record<Severity, string> = {
  critical: 'red.9',
  high: 'orange.9',
  medium: 'yellow.9',
  low: 'blue.8',
  info: 'gray.7',
};

export const scoreColour = (score: number | null): string => {
  if (score === null) return 'gray';
  if (score >= 80) return 'teal';
  if (score >= 50) return 'yellow';
  return 'red';
};
