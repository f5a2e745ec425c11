import type { EndpointFacts } from '@plimsoll/snapshot';
import { valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { endpointSubject } from '../engine/subjects.ts';
import { type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { isPublicAuthority } from './public-authorities.ts';

/** Answers that only someone gets whose certificate was not looked at: of the engine, or of what stands behind TLS. */
const letIn = new Set([200, 401, 403]);

export default defineCheck({
  id: 'api-client-authority',
  theme: 'daemon-attack-surface',
  severity: 'critical',
  subject: 'endpoint',
  title: 'The API trusts one private authority for its clients, and no other',
  rationale:
    'Whoever can get a certificate of a trusted authority is root on the host. If a stranger’s certificate is taken, or a public authority is trusted, that is everybody.',
  remediation:
    'Point "tlscacert" in daemon.json at a file with the one private authority for clients, never at the bundle of the system or at the public authority of the server certificate, set "tlsverify": true, and restart. Keep the key of that authority off the host.',
  decidedBy:
    'The answer to GET /version with a certificate of an authority made for this probe, which TLS 1.3 refuses only at the first read; and the authorities that the server names when it asks for a certificate.',
  needs: ['endpoint'],
  parameters: z.strictObject({ maxAuthorities: z.number().int().min(1).default(1) }),
  sources: [
    'https://docs.docker.com/engine/security/protect-access/',
    'moby/moby daemon/command/daemon.go (RequireAndVerifyClientCert, ExclusiveRootPools)',
    'RFC 8446, 4.3.2',
  ],
  *evaluate({ snapshot, parameters }) {
    const endpoint = valueOf(snapshot.endpoint);
    if (endpoint === undefined) return;
    yield { subject: endpointSubject(snapshot), ...judgeAuthority(endpoint, parameters.maxAuthorities) };
  },
});

const judgeAuthority = (endpoint: EndpointFacts, maxAuthorities: number): Judgement => {
  if (endpoint.transport !== 'tls') return notApplicable('The endpoint does not speak TLS');
  if (endpoint.anonymousTls?.outcome === 'engine')
    return {
      ...notApplicable('Follows from remote-api-mutual-tls: no certificate is asked for at all', [
        { source: 'endpoint.anonymousTls', value: endpoint.anonymousTls.detail },
      ]),
      causedBy: 'remote-api-mutual-tls',
    };
  const foreign = endpoint.foreignCertificate;
  const names = endpoint.acceptableAuthorities;
  const evidence = [
    { source: 'endpoint.foreignCertificate', value: foreign?.detail ?? 'not probed' },
    ...(names === undefined ? [] : [{ source: 'endpoint.acceptableAuthorities', value: names }]),
  ];
  if (foreign?.outcome === 'engine' || (foreign?.outcome === 'other-http' && letIn.has(foreign.httpStatus ?? 0)))
    return fail('A client certificate of an authority that nobody knows is accepted', evidence);
  const publicName = names?.find(isPublicAuthority);
  if (publicName !== undefined) return fail(`A public authority is trusted to name clients: ${publicName}`, evidence);
  if (names !== undefined && names.length > maxAuthorities)
    return fail(`${names.length} authorities are trusted to name clients`, evidence, { severity: 'medium' });
  if (foreign?.outcome !== 'refused' && foreign?.outcome !== 'closed')
    return unknown(
      'It was not seen how the endpoint meets a certificate of a stranger',
      'A scan from a place that reaches the port of the daemon itself',
      evidence,
    );
  // An empty list is what some proxies send whatever they trust.
  return names === undefined || names.length === 0
    ? unknown(
        'A stranger’s certificate is refused; which authorities are trusted is not shown',
        'A server that names its authorities, or reading host files on this host',
        evidence,
      )
    : pass('Only clients of a private authority are trusted', evidence);
};
