import { Stack, Text, Title } from '@mantine/core';
import type {
  EndpointCertificate,
  EndpointHandshake,
  EndpointVisit,
  HostEndpoint,
} from '../../../api/generated/types.gen.ts';
import { type Column, DataTable } from '../../../shared/DataTable.tsx';
import { FactTable } from '../../../shared/FactTable.tsx';
import { StateBadge } from '../../../shared/StateBadge.tsx';
import { TimeAgo } from '../../../shared/TimeAgo.tsx';

/** The endpoint as a stranger meets it, and the certificates on both sides. */
export const EndpointFacts = ({ endpoint }: { endpoint: HostEndpoint }) => (
  <section aria-labelledby="endpoint-title">
    <Title order={2} size="h5" mb="xs" id="endpoint-title">
      Endpoint
    </Title>
    <Stack>
      <FactTable
        label="Endpoint"
        facts={[
          ['Address', endpoint.address],
          ['Resolved to', endpoint.resolvedAddress],
          ['Agreed on', endpoint.protocol === null ? null : `${endpoint.protocol}, ${endpoint.cipher ?? ''}`],
          ['Accepts clients of', endpoint.acceptableAuthorities?.join(' · ') ?? null],
          ['Clock', clockOf(endpoint.clockSkewMs)],
          ['Look from outside', endpoint.incomplete === null ? null : `ended early: ${endpoint.incomplete}`],
        ]}
      />
      {endpoint.visits.length > 0 && (
        <DataTable
          label="What strangers are answered"
          columns={visitColumns}
          rows={endpoint.visits}
          rowKey={({ visit }) => visit}
        />
      )}
      {endpoint.handshakes.length > 0 && (
        <DataTable
          label="TLS versions and cipher suites"
          columns={handshakeColumns}
          rows={endpoint.handshakes}
          rowKey={({ offer }) => offer}
        />
      )}
      {endpoint.chain.map((certificate, index) => (
        <Certificate
          key={certificate.fingerprint256}
          certificate={certificate}
          title={index === 0 ? "The host's certificate" : 'Issued by'}
        />
      ))}
      {endpoint.clientCertificate !== null && (
        <Certificate certificate={endpoint.clientCertificate} title="Our client certificate" />
      )}
    </Stack>
  </section>
);

const clockOf = (skewMs: number | null): string | null => {
  if (skewMs === null) return null;
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  return seconds < 2 ? 'agrees with ours' : `${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} ours`;
};

const visitNames: Record<EndpointVisit['visit'], string> = {
  'plain-http': 'Without TLS, on the registered port',
  'plain-http-2375': 'Without TLS, on port 2375',
  'anonymous-tls': 'Over TLS, with no certificate',
  'foreign-certificate': "Over TLS, with a stranger's certificate",
};
const outcomeNames: Record<EndpointVisit['outcome'], string> = {
  engine: 'gets the Docker API',
  'other-http': 'gets another answer',
  refused: 'is refused',
  closed: 'gets no answer',
  'timed-out': 'no answer in time',
  'not-probed': 'not tried',
};

const toneOfVisit = (outcome: EndpointVisit['outcome']): 'bad' | 'good' | 'neutral' => {
  if (outcome === 'engine') return 'bad';
  return outcome === 'refused' || outcome === 'closed' ? 'good' : 'neutral';
};

const visitColumns: readonly Column<EndpointVisit>[] = [
  { head: 'A stranger', wraps: true, bare: true, cell: ({ visit }) => <Text size="sm">{visitNames[visit]}</Text> },
  {
    head: 'Outcome',
    cell: ({ outcome }) => <StateBadge tone={toneOfVisit(outcome)}>{outcomeNames[outcome]}</StateBadge>,
  },
  { head: 'Seen', wraps: true, cell: ({ detail }) => <Text size="sm">{detail}</Text> },
];

const weakOffers: ReadonlySet<EndpointHandshake['offer']> = new Set(['TLSv1', 'TLSv1.1', 'weak-suites']);

const HandshakeState = ({ handshake: { offer, accepted, notTried } }: { handshake: EndpointHandshake }) => {
  if (notTried !== null) return <StateBadge tone="neutral">not tried</StateBadge>;
  const isWeak = weakOffers.has(offer);
  if (accepted) return <StateBadge tone={isWeak ? 'bad' : 'good'}>accepted</StateBadge>;
  return <StateBadge tone={isWeak ? 'good' : 'neutral'}>refused</StateBadge>;
};

const handshakeColumns: readonly Column<EndpointHandshake>[] = [
  {
    head: 'Offer',
    bare: true,
    cell: ({ offer }) => <Text size="sm">{offer === 'weak-suites' ? 'Only weak cipher suites' : offer}</Text>,
  },
  { head: 'Outcome', cell: (handshake) => <HandshakeState handshake={handshake} /> },
  { head: 'Cipher suite', wraps: true, cell: ({ cipher, notTried }) => cipher ?? notTried ?? '–' },
];

const Certificate = ({ certificate, title }: { certificate: EndpointCertificate; title: string }) => (
  <div>
    <Title order={3} size="h6" mb={4}>
      {title}
    </Title>
    <FactTable
      label={title}
      facts={[
        ['Subject', certificate.subject],
        ['Issuer', certificate.issuer],
        ['Names', certificate.names.join(', ')],
        ['Valid since', <CertificateTime key="since" time={certificate.notBefore} />],
        ['Ends', <CertificateTime key="end" time={certificate.notAfter} />],
        ['Key', `${certificate.keyType}${certificate.keyBits === null ? '' : `, ${certificate.keyBits} bits`}`],
        ['Signature', certificate.signatureAlgorithm],
        ['SHA-256', certificate.fingerprint256],
      ]}
    />
  </div>
);

/** A host may send a date that is none: then it is shown as it came. */
const CertificateTime = ({ time }: { time: string }) =>
  Number.isNaN(Date.parse(time)) ? <>{time}</> : <TimeAgo time={time} size="sm" />;
