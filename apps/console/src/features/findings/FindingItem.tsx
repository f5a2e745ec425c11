import { Accordion, Anchor, Code, Flex, Group, Stack, Table, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import type { EvidenceItem, Finding } from '../../api/generated/types.gen.ts';
import { CopyText } from '../../shared/CopyText.tsx';
import { SeverityBadge } from '../../shared/SeverityBadge.tsx';
import { StateBadge } from '../../shared/StateBadge.tsx';
import { TimeAgo } from '../../shared/TimeAgo.tsx';
import { themeLabel } from './vocabulary.ts';

interface FindingItemProps {
  finding: Finding;
  showHost?: boolean;
  /** Of the headings inside: one below that of the list. */
  headingOrder?: 3 | 4 | 5;
}

/** One finding: what is wrong and where, in two lines; what to do and how we know, when opened. */
export const FindingItem = ({ finding, showHost = false, headingOrder = 3 }: FindingItemProps) => (
  <Accordion.Item value={finding.id}>
    <Accordion.Control>
      <Flex direction={{ base: 'column', sm: 'row' }} gap={{ base: 4, sm: 'sm' }} align="flex-start">
        <SeverityBadge severity={finding.severity} />
        <Stack gap={2} miw={0} flex={1}>
          <Text size="sm" fw={600}>
            {finding.reason}
          </Text>
          <Text size="sm" c="dimmed">
            {finding.subject.kind} <b>{finding.subject.name}</b>
            {showHost && ` on ${finding.hostName}`}
          </Text>
          <Standing finding={finding} />
        </Stack>
      </Flex>
    </Accordion.Control>
    <Accordion.Panel>
      <Stack gap="md">
        <Text size="sm">
          The rule:{' '}
          <Anchor component={Link} to={`/checks?check=${finding.check}`} size="sm" underline="always">
            {finding.title}
          </Anchor>
        </Text>
        <section>
          <Title order={headingOrder} size="h6" mb={4}>
            How to fix it
          </Title>
          <CopyText text={finding.remediation} label="Remediation" />
        </section>
        <EvidenceTable evidence={finding.evidence} headingOrder={headingOrder} />
        <Facts finding={finding} showHost={showHost} />
      </Stack>
    </Accordion.Panel>
  </Accordion.Item>
);

const Standing = ({ finding }: { finding: Finding }) => {
  if (finding.status === 'fixed')
    return (
      <div>
        <StateBadge tone="good">fixed</StateBadge>
      </div>
    );
  if (finding.reopenedAt === null) return null;
  return (
    <div>
      <StateBadge tone="warning">came back</StateBadge>
    </div>
  );
};

const Facts = ({ finding, showHost }: { finding: Finding; showHost: boolean }) => (
  <Group gap="xs">
    <Text size="xs" c="dimmed">
      Opened <TimeAgo time={finding.openedAt} size="xs" />, last seen <TimeAgo time={finding.lastSeenAt} size="xs" />
      {finding.fixedAt !== null && (
        <>
          , fixed <TimeAgo time={finding.fixedAt} size="xs" />
        </>
      )}
    </Text>
    <Text size="xs" c="dimmed">
      {themeLabel(finding.theme)}
      {finding.cis['1.6.0'] !== undefined && ` · CIS ${finding.cis['1.6.0']} (1.6.0)`}
    </Text>
    <Code>{finding.check}</Code>
    {showHost && (
      <Anchor component={Link} to={`/hosts/${finding.hostId}`} size="xs" underline="always">
        To {finding.hostName}
      </Anchor>
    )}
  </Group>
);

const textOf = (value: EvidenceItem['value']): string => (Array.isArray(value) ? value.join(', ') : String(value));

const EvidenceTable = ({ evidence, headingOrder }: { evidence: EvidenceItem[]; headingOrder: 3 | 4 | 5 }) => {
  if (evidence.length === 0) return null;
  return (
    <section>
      <Title order={headingOrder} size="h6" mb={4}>
        Evidence
      </Title>
      <Table withTableBorder variant="vertical" layout="fixed">
        <Table.Tbody>
          {evidence.map(({ source, value }) => (
            <Table.Tr key={source}>
              <Table.Th scope="row" w="38%">
                <Text size="xs" ff="monospace">
                  {source}
                </Text>
              </Table.Th>
              <Table.Td>
                <Text size="xs" ff="monospace">
                  {textOf(value)}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
};
