import { type EndpointFacts, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { onlyHostFilesTell } from '../engine/daemon.ts';
import { type IpNetwork, ipAddressOf, ipNetworkOf, liesWithin } from '../engine/ip-networks.ts';
import { daemonSubject } from '../engine/subjects.ts';
import { type Judgement, fail } from '../engine/verdict.ts';
import { type UnprotectedListener, isLoopbackHost, unprotectedListenersOf } from './engine-listeners.ts';

export default defineCheck({
  id: 'api-listen-scope',
  theme: 'daemon-attack-surface',
  severity: 'medium',
  subject: 'daemon',
  title: 'The API listens on a management address only, and not on all of them',
  rationale:
    'A flaw in TLS, a leaked client certificate or a forgotten packet filter does no harm on an address that strangers can not reach.',
  remediation:
    'Name the address in daemon.json: "hosts": ["unix:///var/run/docker.sock", "tcp://10.0.0.5:2376"] (and not -H in the unit as well), restart, and let a packet filter pass this scanner alone.',
  decidedBy:
    'The registered address, as far as it lies outside managementNetworks, and the addresses in the warnings of /info. Other listeners are in files of the host alone, so without those this fails or can not tell.',
  needs: ['endpoint'],
  parameters: z.strictObject({
    managementNetworks: z.array(z.string()).default(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fd00::/8']),
  }),
  sources: ['https://docs.docker.com/engine/daemon/remote-access/', 'https://docs.docker.com/reference/cli/dockerd/'],
  *evaluate({ snapshot, context, parameters }) {
    const endpoint = valueOf(snapshot.endpoint);
    if (endpoint === undefined) return;
    const networks = parameters.managementNetworks.flatMap((text): readonly IpNetwork[] => {
      const network = ipNetworkOf(text);
      return network === undefined ? [] : [network];
    });
    yield {
      subject: daemonSubject,
      ...judgeScope(endpoint, unprotectedListenersOf(context.info) ?? [], networks),
    };
  },
});

const judgeScope = (
  endpoint: EndpointFacts,
  listeners: readonly UnprotectedListener[],
  networks: readonly IpNetwork[],
): Judgement => {
  const evidence = [
    { source: 'endpoint.address', value: endpoint.address },
    ...(endpoint.resolvedAddress === undefined
      ? []
      : [{ source: 'endpoint.resolvedAddress', value: endpoint.resolvedAddress }]),
    ...listeners.map(({ warning }) => ({ source: 'info.Warnings', value: warning })),
  ];
  const registered = endpoint.resolvedAddress ?? endpoint.host;
  if (endpoint.transport !== 'unix' && registered !== undefined && isOutside(registered, networks))
    return fail(`The API is reached at ${registered}, outside the management networks`, evidence);
  const wide = listeners.find(({ host }) => isOutside(host, networks));
  if (wide !== undefined)
    return fail(
      isEveryAddress(wide.host)
        ? 'The API listens on every address of the host'
        : `The API listens on ${wide.host}, outside the management networks`,
      evidence,
      { causedBy: 'remote-api-mutual-tls' },
    );
  return onlyHostFilesTell('Nothing in the API shows all addresses that it listens on', evidence);
};

const isEveryAddress = (host: string): boolean => ['', '0.0.0.0', '::'].includes(host);

/** A name could be anywhere: only an address decides. */
const isOutside = (host: string, networks: readonly IpNetwork[]): boolean => {
  if (isEveryAddress(host)) return true;
  const address = ipAddressOf(host);
  return address !== undefined && !isLoopbackHost(host) && !liesWithin(address, networks);
};
