import { Alert, Stack, Text } from '@mantine/core';
import { IconCircleCheck, IconPlugConnectedX } from '@tabler/icons-react';
import type { ConnectionTest } from '../../api/generated/types.gen.ts';

/** Exactly what is wrong, and what to do; or which engine answered. */
export const ConnectionTestResult = ({ result }: { result: ConnectionTest }) => (
  <Alert
    color={result.ok ? 'teal' : 'red'}
    variant="light"
    icon={result.ok ? <IconCircleCheck /> : <IconPlugConnectedX />}
    title={result.title}
  >
    <Stack gap={4}>
      <Text size="sm">{result.detail}</Text>
      {result.nextStep !== null && (
        <Text size="sm" fw={600}>
          {result.nextStep}
        </Text>
      )}
      {result.engine !== null && (
        <Text size="sm">
          Docker {result.engine.version ?? 'of unknown version'} (API {result.engine.apiVersion})
          {result.engine.operatingSystem === null ? '' : `, ${result.engine.operatingSystem}`}, in{' '}
          {Math.round(result.durationMs)} ms
        </Text>
      )}
    </Stack>
  </Alert>
);
