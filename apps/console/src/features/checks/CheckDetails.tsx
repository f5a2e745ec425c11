import { Anchor, Badge, Code, Group, Stack, Text, Title } from '@mantine/core';
import type { Check } from '../../api/generated/types.gen.ts';
import { CopyText } from '../../shared/CopyText.tsx';
import { CheckParametersForm } from './CheckParametersForm.tsx';
import { fieldsOf } from './parameter-fields.ts';

/** The page of a check: why it matters, how it is decided, how to fix what it finds, where that comes from. */
export const CheckDetails = ({ check, headingOrder }: { check: Check; headingOrder: 3 | 4 | 5 }) => (
  <Stack gap="sm">
    <Text size="sm">{check.rationale}</Text>
    <section>
      <Title order={headingOrder} size="h6" mb={4}>
        How it is decided
      </Title>
      <Text size="sm">{check.decidedBy}</Text>
    </section>
    <section>
      <Title order={headingOrder} size="h6" mb={4}>
        How to fix it
      </Title>
      <CopyText text={check.remediation} label="Remediation" />
    </section>
    {fieldsOf(check.parameters.schema).length > 0 && (
      <section>
        <Title order={headingOrder} size="h6" mb={4}>
          Adjust it
        </Title>
        <CheckParametersForm key={check.parameters.version} parameters={check.parameters} />
      </section>
    )}
    <Group gap="xs">
      <Code>{check.id}</Code>
      {Object.entries(check.cis).map(([version, number]) => (
        <Badge key={version} variant="default" radius="sm" size="sm">
          CIS {version}: {number}
        </Badge>
      ))}
    </Group>
    <section>
      <Title order={headingOrder} size="h6" mb={4}>
        Sources
      </Title>
      {check.sources.map((source) => (
        <Text size="xs" c="dimmed" key={source}>
          <Source source={source} />
        </Text>
      ))}
    </section>
  </Stack>
);

const Source = ({ source }: { source: string }) =>
  source.startsWith('https://') ? (
    <Anchor href={source} size="xs" target="_blank" rel="noreferrer" underline="always">
      {source}
    </Anchor>
  ) : (
    source
  );
