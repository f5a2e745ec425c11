import { Alert, type AlertProps } from '@mantine/core';

const colours = { warning: 'orange', info: 'sea', neutral: 'gray' } as const;

/** Something to know before reading on. The text keeps the page's own colour: tinted text on a tint is hard to read. */
export const Notice = ({ tone, ...props }: { tone: keyof typeof colours } & Omit<AlertProps, 'color'>) => (
  <Alert
    color={colours[tone]}
    variant="light"
    styles={{ title: { color: 'var(--mantine-color-text)' }, message: { color: 'var(--mantine-color-text)' } }}
    {...props}
  />
);
