import { Button, Container, Stack, Text, Title } from '@mantine/core';
import { useRouteError } from 'react-router';

/** What is left when a page could not be drawn at all, e.g. after an update of the server. */
export const ErrorPage = () => {
  const error = useRouteError();
  return (
    <Container component="main" py="xl">
      <Stack align="flex-start">
        <Title order={1}>This page could not be shown</Title>
        <Text>The server may have been updated meanwhile. Loading the page again usually helps.</Text>
        <Text c="dimmed" size="sm">
          {error instanceof Error ? error.message : String(error)}
        </Text>
        <Button onClick={() => location.reload()}>Load again</Button>
      </Stack>
    </Container>
  );
};
