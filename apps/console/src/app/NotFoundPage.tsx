import { Anchor, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';

export const NotFoundPage = () => (
  <Stack align="flex-start">
    <Title order={1}>There is no such page</Title>
    <Text>It may have been deleted, or belong to another tenant.</Text>
    <Anchor component={Link} to="/">
      To the overview
    </Anchor>
  </Stack>
);
