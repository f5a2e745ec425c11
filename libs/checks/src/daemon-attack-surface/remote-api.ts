import type { EndpointFacts, HostSnapshot, ProbeOutcome } from '@plimsoll/snapshot';
import { z } from 'zod';
import type { JudgingContext } from '../engine/context.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { type UnprotectedListener, isLoopbackHost, unprotectedListenersOf } from './engine-listeners.ts';

/** How a listener without TLS counts that only this host reaches: its processes and browsers do. */
export const LoopbackPlain = z.enum(['fail', 'warn', 'ignore']).default('fail');
type LoopbackPlain = z.infer<typeof LoopbackPlain>;

type ProbeName = 'plainHttp' | 'plainHttp2375' | 'anonymousTls' | 'foreignCertificate';

/** What an answer of the engine to each probe means. */
const meaning: Record<ProbeName, string> = {
  plainHttp: 'anyone, without TLS',
  plainHttp2375: 'anyone, without TLS on port 2375',
  anonymousTls: 'anyone, without a client certificate',
  foreignCertificate: 'a client certificate of an authority it can not know',
};

/**
 * Whether the remote API answers only clients with a trusted certificate: by the answers to the probes of the
 * registered address, and by what the engine says of its own listeners.
 */
export const judgeRemoteApi = (
  snapshot: HostSnapshot,
  context: JudgingContext,
  loopbackPlain: LoopbackPlain,
): Judgement => {
  if (!('value' in snapshot.endpoint))
    return unknown('The endpoint was not looked at', 'A scan that probes the endpoint');
  const endpoint = snapshot.endpoint.value;
  const listeners = unprotectedListenersOf(context.info);
  const counted = (listeners ?? []).filter(({ isLoopback }) => !isLoopback || loopbackPlain !== 'ignore');
  const probes = probesOf(endpoint);
  const evidence: Evidence[] = [
    { source: 'endpoint.address', value: endpoint.address },
    ...probes.map(([name, probe]) => ({ source: `endpoint.${name}`, value: probe?.detail ?? 'not probed' })),
    ...counted.map(({ warning }) => ({ source: 'info.Warnings', value: warning })),
  ];
  const open = openings(snapshot, endpoint, probes, loopbackPlain);
  if (open.length > 0 || counted.length > 0) return failure(endpoint, open, counted, loopbackPlain, evidence);
  if (listeners === undefined)
    return unknown(
      'The engine did not say how its API is reached',
      'A scan that can read the warnings of /info',
      evidence,
    );
  if (endpoint.transport === 'unix')
    return notApplicable('The engine is reached by a UNIX socket and names no open listener', evidence);
  if (endpoint.transport === 'tcp')
    return unknown('Nothing answered without TLS on the registered port', 'A scan that reaches the engine', evidence);
  const untold = probes.filter(([name, probe]) => !tellsNo(name, probe)).map(([name]) => name);
  return untold.length === 0
    ? pass('Only clients with a certificate of the trusted authority get an answer', evidence)
    : unknown(
        `The endpoint could not be judged by ${untold.join(', ')}`,
        'A scan from a place that reaches the port of the daemon itself',
        evidence,
      );
};

const probesOf = (endpoint: EndpointFacts): [ProbeName, ProbeOutcome | undefined][] => {
  if (endpoint.transport === 'unix') return [];
  const plain: [ProbeName, ProbeOutcome | undefined][] = [['plainHttp', endpoint.plainHttp]];
  if (endpoint.port !== 2375) plain.push(['plainHttp2375', endpoint.plainHttp2375]);
  if (endpoint.transport === 'tcp') return plain;
  return [...plain, ['anonymousTls', endpoint.anonymousTls], ['foreignCertificate', endpoint.foreignCertificate]];
};

/** An answer of the engine is one whatever its status: 401 and 403 come from behind a TLS that let the stranger in. */
const openings = (
  snapshot: HostSnapshot,
  endpoint: EndpointFacts,
  probes: readonly [ProbeName, ProbeOutcome | undefined][],
  loopbackPlain: LoopbackPlain,
): ProbeName[] => {
  const open = probes.filter(([, probe]) => probe?.outcome === 'engine').map(([name]) => name);
  // The scan itself came without TLS and was answered.
  if (
    endpoint.transport === 'tcp' &&
    !open.includes('plainHttp') &&
    ('value' in snapshot.version || 'value' in snapshot.info)
  )
    open.unshift('plainHttp');
  return loopbackPlain === 'ignore' && isOnLoopback(endpoint) ? open.filter((name) => !isPlain(name)) : open;
};

const isPlain = (name: ProbeName): boolean => name === 'plainHttp' || name === 'plainHttp2375';
const isOnLoopback = (endpoint: EndpointFacts): boolean =>
  isLoopbackHost(endpoint.resolvedAddress ?? endpoint.host ?? endpoint.address);

const failure = (
  endpoint: EndpointFacts,
  open: readonly ProbeName[],
  listeners: readonly UnprotectedListener[],
  loopbackPlain: LoopbackPlain,
  evidence: readonly Evidence[],
): Judgement => {
  const [first] = open;
  const reason =
    first === undefined
      ? 'The engine says that its API is open to clients without a certificate'
      : `The engine answers ${meaning[first]}`;
  if (open.length === 1 && first === 'foreignCertificate' && listeners.length === 0)
    return fail(reason, evidence, { causedBy: 'api-client-authority' });
  const onlyLoopback =
    listeners.every(({ isLoopback }) => isLoopback) && open.every((name) => isPlain(name) && isOnLoopback(endpoint));
  return fail(reason, evidence, onlyLoopback && loopbackPlain === 'warn' ? { severity: 'medium' } : {});
};

/** Whether a probe shows that strangers get nothing from the engine there. */
const tellsNo = (name: ProbeName, probe: ProbeOutcome | undefined): boolean => {
  switch (probe?.outcome) {
    case 'refused':
    case 'closed':
      return true;
    // Another server speaks in clear text; behind TLS it is a proxy, which says nothing of the daemon.
    case 'other-http':
      return isPlain(name);
    // A port beside the registered one that is filtered from here; the engine's own warnings cover it.
    case 'timed-out':
      return name === 'plainHttp2375';
    default:
      return false;
  }
};
