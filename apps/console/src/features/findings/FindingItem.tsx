import { Accordion, Anchor, Badge, Group, Stack, Table, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import type { EvidenceItem, Finding } from '../../api/generated/types.gen.ts';
import { CopyText } from '../../shared/CopyText.tsx';
import { SeverityBadge } from '../../shared/SeverityBadge.tsx';
import { TimeAgo } from '../../shared/TimeAgo.tsx';
import { themeLabel } from './vocabulary.ts';

/** One finding: what and where in a line; why, how we know, and what to do when opened. */
export const FindingItem = ({ finding, showHost = false }: { finding: Finding; showHost?: boolean }) => (
  <Accordion.Item value={finding.id}>
    <Accordion.Control>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <SeverityBadge severity={finding.severity} />
        <Stack gap={0} style={{ minWidth: 0 }}>
          <Text size="sm" fw={600}>
            {finding.title}
          </Text>
          <Text size="sm" c="dimmed">
            {showHost && `${finding.hostName} · `}
            {finding.subject.kind} {finding.subject.name}
          </Text>
        </Stack>
        {finding.status === 'fixed' && (
          <Badge color="teal.9" radius="sm">
            fixed
          </Badge>
        )}
        {finding.reopenedAt !== null && finding.status === 'open' && (
          <Badge color="orange.9" radius="sm">
            came back
          </Badge>
        )}
      </Group>
    </Accordion.Control>
    <Accordion.Panel>
      <Stack gap="sm">
        <Text size="sm">{finding.reason}.</Text>
        <section>
          <Title order={3} size="h6" mb={4}>
            How to fix it
          </Title>
          <CopyText text={finding.remediation} label="Remediation" />
        </section>
        <EvidenceTable evidence={finding.evidence} />
        <Group gap="xs">
          <Text size="xs" c="dimmed">
            Opened <TimeAgo time={finding.openedAt} size="xs" />, last seen{' '}
            <TimeAgo time={finding.lastSeenAt} size="xs" />
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
          <Anchor component={Link} to={`/checks?check=${finding.check}`} size="xs">
            {finding.check}
          </Anchor>
          {showHost && (
            <Anchor component={Link} to={`/hosts/${finding.hostId}`} size="xs">
              {finding.hostName}
            </Anchor>
          )}
        </Group>
      </Stack>
    </Accordion.Panel>
  </Accordion.Item>
);

export const EvidenceTable = ({ evidence }: { evidence: EvidenceItem[] }) => {
  if (evidence.length === 0) return null;
  return (
    <section>
      <Title order={3} size="h6" mb={4}>
        Evidence
      </Title>
      <Table withTableBorder>
        <Table.Tbody>
          {evidence.map(({ source, value }) => (
            <Table.Tr key={source}>
              <Table.Th scope="row" w="40%">
                <Text size="xs" ff="monospace">
                  {source}
                </Text>
              </Table.Th>
              <Table.Td>
                <Text size="xs" ff="monospace">
                  {Array.isArray(value) ? value.join(', ') : String(value)}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
};
