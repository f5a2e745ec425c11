import { Accordion, Flex, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listChecksOptions, listFindingsOptions } from '../../../api/generated/@tanstack/react-query.gen.ts';
import type { ComplianceCheck, Host, Undecided } from '../../../api/generated/types.gen.ts';
import { QueryState } from '../../../shared/QueryState.tsx';
import { SeverityBadge } from '../../../shared/SeverityBadge.tsx';
import { StateBadge } from '../../../shared/StateBadge.tsx';
import { CheckDetails } from '../../checks/CheckDetails.tsx';
import { FindingItem } from '../../findings/FindingItem.tsx';
import { SettingAction } from './SettingAction.tsx';

const outcomes = {
  pass: { tone: 'good', label: 'holds' },
  fail: { tone: 'bad', label: 'does not hold' },
  unknown: { tone: 'warning', label: 'could not tell' },
  'not-applicable': { tone: 'neutral', label: 'does not apply' },
} as const;

/** One check on this host: how it stands, its findings, why it could not tell, and its own page in place. */
export const ComplianceCheckItem = ({ check, host }: { check: ComplianceCheck; host: Host }) => {
  const { tone, label } = outcomes[check.outcome];
  return (
    <Accordion.Item value={`${check.number ?? ''}/${check.check}`}>
      <Accordion.Control>
        <Flex direction={{ base: 'column', sm: 'row' }} gap={{ base: 4, sm: 'sm' }} align="flex-start">
          <StateBadge tone={tone}>{label}</StateBadge>
          <Stack gap={2} miw={0}>
            <Text size="sm" fw={600}>
              {check.number !== null && `${check.number} `}
              {check.title}
            </Text>
            <Text size="xs" c="dimmed">
              {countsOf(check)}
            </Text>
          </Stack>
        </Flex>
      </Accordion.Control>
      <Accordion.Panel>
        <Stack>
          {check.outcome === 'fail' && (
            <>
              <div>
                <SeverityBadge severity={check.severity} />
              </div>
              <OpenFindings hostId={host.id} check={check.check} />
            </>
          )}
          {check.undecided.length > 0 && <WhyUndecided undecided={check.undecided} host={host} check={check.check} />}
          <CheckInPlace id={check.check} />
        </Stack>
      </Accordion.Panel>
    </Accordion.Item>
  );
};

const countsOf = ({ subjects: { pass, fail, unknown, notApplicable } }: ComplianceCheck): string =>
  [
    [fail, 'failing'],
    [unknown, 'could not be told'],
    [pass, 'passing'],
    [notApplicable, 'not applicable'],
  ]
    .filter(([count]) => count !== 0)
    .map(([count, what]) => `${count} ${what}`)
    .join(' · ');

const OpenFindings = ({ hostId, check }: { hostId: string; check: string }) => {
  const query = useQuery(listFindingsOptions({ query: { hostId, check, status: 'open', limit: 200 } }));
  return (
    <QueryState query={query} what="findings">
      {({ items }) => (
        <Accordion variant="separated" order={4}>
          {items.map((finding) => (
            <FindingItem key={finding.id} finding={finding} headingOrder={5} />
          ))}
        </Accordion>
      )}
    </QueryState>
  );
};

const WhyUndecided = ({ undecided, host, check }: { undecided: Undecided[]; host: Host; check: string }) => (
  <section>
    <Title order={4} size="h6" mb={4}>
      Why it could not tell
    </Title>
    <Stack gap="xs">
      {undecided.map(({ reason, wouldTell, setting, subjects, example }) => (
        <div key={reason}>
          <Text size="sm">
            {reason} ({example.kind} {example.name}
            {subjects > 1 && ` and ${subjects - 1} more`})
          </Text>
          {wouldTell !== null && (
            <Text size="sm" c="dimmed">
              What would tell: {wouldTell}
            </Text>
          )}
          {setting !== null && <SettingAction setting={setting} host={host} check={check} />}
        </div>
      ))}
    </Stack>
  </section>
);

const CheckInPlace = ({ id }: { id: string }) => {
  const query = useQuery({ ...listChecksOptions({ query: {} }), staleTime: Infinity });
  return (
    <QueryState query={query} what="the check">
      {({ items }) => {
        const check = items.find((each) => each.id === id);
        return check === undefined ? (
          <Text size="sm" c="dimmed">
            This check is no longer in the catalogue.
          </Text>
        ) : (
          <CheckDetails check={check} headingOrder={4} />
        );
      }}
    </QueryState>
  );
};
