import { RingProgress, Text } from '@mantine/core';
import { scoreColour } from '../app/theme.ts';

/** A score of 0 to 100 as a ring with its number; a dash before the first scan. */
export const Score = ({ score, size = 96 }: { score: number | null; size?: number }) => (
  <RingProgress
    size={size}
    thickness={Math.max(4, size / 10)}
    roundCaps
    role="img"
    aria-label={score === null ? 'No score yet' : `Score ${score} of 100`}
    sections={score === null ? [] : [{ value: score, color: scoreColour(score) }]}
    label={
      <Text ta="center" fw={700} size={size > 80 ? 'xl' : 'sm'} aria-hidden>
        {score ?? '–'}
      </Text>
    }
  />
);
