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
      <div className={classes.frame} aria-hidden>
        <div className={classes.scale}>
          <span>100</span>
          <span>50</span>
          <span>0</span>
        </div>
        <Lines points={points} />
        <div className={classes.days}>
          <span>{trend[0]?.day}</span>
          <span>{trend.at(-1)?.day}</span>
        </div>
      </div>
      <Text size="sm" c="dimmed" mt="xs">
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

const Lines = ({ points }: { points: { x: number; y: number }[] }) => {
  const [first, last] = [points[0], points.at(-1)];
  const path = points.map(({ x, y }) => `${x},${y}`).join(' ');
  return (
    <svg viewBox={`0 0 ${width} ${height}`} className={classes.chart} preserveAspectRatio="none">
      {[0, 0.5, 1].map((share) => (
        <line key={share} x1={0} x2={width} y1={height * share} y2={height * share} className={classes.grid} />
      ))}
      {first !== undefined && last !== undefined && (
        <>
          <polygon points={`${first.x},${height} ${path} ${last.x},${height}`} className={classes.area} />
          {/* A single day is a short dash: a line of one point is invisible. */}
          <polyline points={points.length === 1 ? `${last.x - 8},${last.y} ${path}` : path} className={classes.line} />
        </>
      )}
    </svg>
  );
};
