import { Table, Text } from '@mantine/core';
import type { FleetOverview } from '../../api/generated/types.gen.ts';
import classes from './TrendChart.module.css';

const width = 600;
const height = 120;

type Trend = FleetOverview['trend'];

/** The mean score of each day as a line; a reader of screens gets the same as a table. */
export const TrendChart = ({ trend }: { trend: Trend }) => {
  const points = trend.flatMap(({ score }, index) =>
    score === null ? [] : [{ x: (index / Math.max(trend.length - 1, 1)) * width, y: height - (score / 100) * height }],
  );
  const opened = trend.reduce((sum, day) => sum + day.opened, 0);
  const fixed = trend.reduce((sum, day) => sum + day.fixed, 0);
  if (points.length === 0)
    return (
      <Text size="sm" c="dimmed">
        The trend begins with the first scan.
      </Text>
    );
  return (
    <>
      <svg
        viewBox={`-4 -8 ${width + 8} ${height + 16}`}
        className={classes.chart}
        preserveAspectRatio="none"
        aria-hidden
      >
        {[0, 50, 100].map((score) => (
          <line
            key={score}
            x1={0}
            x2={width}
            y1={height - (score / 100) * height}
            y2={height - (score / 100) * height}
            className={classes.grid}
          />
        ))}
        <polyline points={points.map(({ x, y }) => `${x},${y}`).join(' ')} className={classes.line} />
        {points.length === 1 && <circle cx={points[0]?.x} cy={points[0]?.y} r={3} className={classes.point} />}
      </svg>
      <Text size="sm" c="dimmed">
        {opened} findings opened, {fixed} fixed
      </Text>
      <Table className="visually-hidden">
        <caption>Score, opened and fixed findings by day</caption>
        <thead>
          <tr>
            <th>Day</th>
            <th>Score</th>
            <th>Opened</th>
            <th>Fixed</th>
          </tr>
        </thead>
        <tbody>
          {trend.map((day) => (
            <tr key={day.day}>
              <td>{day.day}</td>
              <td>{day.score ?? 'none'}</td>
              <td>{day.opened}</td>
              <td>{day.fixed}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </>
  );
};
