import { type EndpointFacts, type HostFiles, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { judgeConfigured } from '../engine/configured-option.ts';
import type { JudgingContext } from '../engine/context.ts';
import { unitOf, valuesOf } from '../engine/systemd-units.ts';
import { type IpNetwork, ipAddressOf, ipNetworkOf, liesWithin } from '../engine/ip-networks.ts';
import { daemonSubject } from '../engine/subjects.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
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
    'The registered address, as far as it lies outside managementNetworks, and the addresses in the warnings of /info; then every tcp:// address of the option host, on the command line of docker.service or in daemon.json, and what docker.socket listens on for it. An address without a host is loopback, as the engine reads it.',
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
      ...judgeScope({ snapshot, context, endpoint, networks }, unprotectedListenersOf(context.info) ?? []),
    };
  },
});

interface Scope {
  readonly snapshot: HostSnapshot;
  readonly context: JudgingContext;
  readonly endpoint: EndpointFacts;
  readonly networks: readonly IpNetwork[];
}

const judgeScope = (scope: Scope, listeners: readonly UnprotectedListener[]): Judgement => {
  const { endpoint, networks } = scope;
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
  return judgeConfigured({ ...scope, option, untold, evidence }, (values, all) => judgeHosts(scope, values, all));
};

const option = { flags: ['--host', '-H'], key: 'hosts' };
const untold = 'Nothing in the API shows all addresses that it listens on';

const judgeHosts = (
  { snapshot, endpoint, networks }: Scope,
  values: readonly string[] | undefined,
  evidence: readonly Evidence[],
): Judgement => {
  const own = (values ?? []).flatMap((address) => (/^(?:unix|fd|npipe):/i.test(address) ? [] : [listenHost(address)]));
  const activated =
    values?.some((value) => value.startsWith('fd:')) === true ? handedOver(valueOf(snapshot.hostFiles)) : [];
  if (activated === undefined)
    return unknown(`${untold}: docker.socket was not seen`, 'A scan that may read the units of the host', evidence);
  const all = [...evidence, { source: 'docker.socket ListenStream', value: activated.map(({ text }) => text) }];
  const hosts = [...own, ...activated.map(({ host }) => host)];
  const wide = hosts.find((host) => isOutside(host, networks));
  if (wide !== undefined)
    return fail(
      isEveryAddress(wide)
        ? 'The API listens on every address of the host'
        : `The API listens on ${wide}, outside the management networks`,
      all,
    );
  const named = hosts.find((host) => ipAddressOf(host) === undefined && !isLoopbackHost(host));
  if (named !== undefined)
    return unknown(`The API listens on ${named}, which could be any address`, 'An address in place of the name', all);
  if (hosts.length > 0) return pass(`The API listens on ${hosts.join(', ')} alone`, all);
  return endpoint.transport === 'unix'
    ? notApplicable('The daemon listens on no address of the network', all)
    : pass('The daemon itself listens on no address of the network', all);
};

/** `tcp://10.0.0.5:2376` → `10.0.0.5`. Without a host it is localhost (moby/moby opts/hosts.go, ParseTCPAddr). */
const listenHost = (address: string): string =>
  /^(?:tcp:\/\/)?(?:\[([^\]]*)\]|([^:/]*))/i.exec(address)?.slice(1).find(Boolean) ?? 'localhost';

/**
 * Addresses of the network on which systemd listens for the daemon: a bare port is every address.
 * @see systemd.socket(5), ListenStream
 */
const handedOver = (facts: HostFiles | undefined): { text: string; host: string }[] | undefined => {
  const unit = facts && unitOf(facts, 'docker.socket');
  if (unit === undefined) return undefined;
  if (unit === 'absent') return [];
  return valuesOf(unit, 'Socket', 'ListenStream')?.flatMap((text) => {
    if (/^[/@]/.test(text)) return [];
    return [{ text, host: /^\d+$/.test(text) ? '' : text.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1') }];
  });
};

const isEveryAddress = (host: string): boolean => ['', '0.0.0.0', '::'].includes(host);

/** A name could be anywhere: only an address decides. */
const isOutside = (host: string, networks: readonly IpNetwork[]): boolean => {
  if (isEveryAddress(host)) return true;
  const address = ipAddressOf(host);
  return address !== undefined && !isLoopbackHost(host) && !liesWithin(address, networks);
};
