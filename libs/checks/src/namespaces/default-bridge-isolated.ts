import { type EngineNetwork, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { effectiveCapabilities } from '../engine/capabilities.ts';
import { defineCheck } from '../engine/check.ts';
import { infoNotSeen } from '../engine/daemon.ts';
import { daemonSubject } from '../engine/subjects.ts';
import { type Judgement, fail, notApplicable, pass } from '../engine/verdict.ts';
import { bridgeLetsContainersTalk, defaultBridgeOf, talkEvidence } from './default-bridge.ts';

export default defineCheck({
  id: 'default-bridge-isolated',
  theme: 'namespaces',
  severity: 'medium',
  subject: 'daemon',
  cis: { '1.6.0': '2.2', '1.7.0': '2.2', '1.8.0': '2.2' },
  cisLevel: 1,
  title: 'Containers on the default bridge can not reach each other',
  rationale:
    'Every container that names no network lands on the default bridge, whosever it is. There, one that is taken over reaches all ports of all the others.',
  remediation:
    'Set "icc": false in daemon.json and restart the daemon while no container runs (with live restore the old bridge stays). Better, give each application a network of its own and leave the default bridge empty: docker network create NAME, docker run --network NAME (compose does that by itself).',
  decidedBy:
    'The option com.docker.network.bridge.enable_icc of the live default bridge, which outranks the configuration file. Networks that users made are not judged here.',
  needs: ['networks'],
  parameters: z.strictObject({
    /** Lowers the finding to `info` while no container is on the bridge. */
    failOnlyWhenUsed: z.boolean().default(false),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 2.2',
    'https://docs.docker.com/engine/network/drivers/bridge/',
    'moby/moby daemon/daemon_unix.go (initBridgeDriver), issue 36355',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const judged = (): Judgement => {
      if (context.isPodman === true) return notApplicable('Podman has no default bridge of this kind');
      if (context.isWindows === true) return notApplicable('Windows engines have no such bridge');
      const bridge = defaultBridgeOf(valueOf(snapshot.networks) ?? []);
      if (bridge === undefined) return notApplicable('The default bridge is switched off');
      return judgeBridge(snapshot, bridge, parameters.failOnlyWhenUsed);
    };
    yield { subject: daemonSubject, ...judged() };
  },
});

const judgeBridge = (snapshot: HostSnapshot, bridge: EngineNetwork, failOnlyWhenUsed: boolean): Judgement => {
  const talk = bridgeLetsContainersTalk(bridge);
  if (talk === undefined) return infoNotSeen('networks[bridge].Options');
  const attached = bridge.Containers === undefined ? undefined : Object.keys(bridge.Containers ?? {});
  const names = attached === undefined ? undefined : namesOn(bridge);
  const evidence = [
    ...talkEvidence(bridge),
    ...(names === undefined ? [] : [{ source: 'networks[bridge].Containers', value: names }]),
  ];
  if (!talk) {
    const raw = rawSenders(snapshot, attached ?? []);
    return raw.length === 0
      ? pass('Containers on the default bridge are kept apart', evidence)
      : pass('Containers on the default bridge are kept apart, but for raw frames of those that hold NET_RAW', [
          ...evidence,
          { source: 'containers on the bridge with NET_RAW', value: raw },
        ]);
  }
  if (failOnlyWhenUsed && attached?.length === 0)
    return fail('Containers on the default bridge could reach each other; there is none at present', evidence, {
      severity: 'info',
    });
  return fail('Containers on the default bridge reach each other on every port', evidence);
};

const namesOn = (bridge: EngineNetwork): string[] =>
  Object.entries(bridge.Containers ?? {})
    .map(([id, { Name }]) => Name ?? id.slice(0, 12))
    .toSorted();

/** The filter works on packets; whoever may write raw frames goes past it. */
const rawSenders = (snapshot: HostSnapshot, ids: readonly string[]): string[] => {
  const onBridge = new Set(ids);
  return (valueOf(snapshot.containers) ?? [])
    .filter(({ id, inspect }) => {
      if (!onBridge.has(id)) return false;
      return effectiveCapabilities(valueOf(inspect)?.HostConfig)?.names.has('NET_RAW') === true;
    })
    .map(({ name }) => name)
    .toSorted();
};
