import { Badge } from '@mantine/core';
import { stateColour } from '../app/theme.ts';

/** How something stands, in a word; the colour only helps. */
export const StateBadge = ({ tone, children }: { tone: keyof typeof stateColour; children: string }) => (
  <Badge color={stateColour[tone]} variant="filled" radius="sm" tt="none" fw={600} miw="max-content">
    {children}
  </Badge>
);
