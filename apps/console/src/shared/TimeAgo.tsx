import { Text, type TextProps } from '@mantine/core';

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const absolute = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });

export const agoText = (time: string, now = Date.now()): string => {
  const seconds = (Date.parse(time) - now) / 1_000;
  const [unit, size] = units.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1];
  return relative.format(Math.round(seconds / size), unit);
};

/** How long ago, with the exact time for whoever wants it. */
export const TimeAgo = ({ time, ...props }: { time: string | null } & TextProps) =>
  time === null ? (
    <Text span c="dimmed" {...props}>
      never
    </Text>
  ) : (
    <Text span {...props}>
      <time dateTime={time} title={absolute.format(new Date(time))}>
        {agoText(time)}
      </time>
    </Text>
  );
