import { defineCheck } from '../engine/check.ts';
import { type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { reachOf } from '../engine/host-addresses.ts';
import { onlyHostFilesTell } from '../engine/daemon.ts';
import { notLookedAt } from '../engine/host-file-facts.ts';
import { swarmSubject } from '../engine/subjects.ts';
import { type Evidence, type Judgement, fail, pass, unknown } from '../engine/verdict.ts';
import { swarmRoleOf } from './about-swarm.ts';

export default defineCheck({
  id: 'swarm-listen-address',
  theme: 'orchestration',
  severity: 'medium',
  subject: 'swarm',
  cis: { '1.5.0': '7.3', '1.6.0': '7.2', '1.7.0': '7.2', '1.8.0': '7.2' },
  cisLevel: 1,
  title: 'Swarm management listens on one chosen address',
  rationale:
    'By default the ports of the swarm, 2377 for managers and 7946 for all nodes, are open on every address of the host, those to the internet among them.',
  remediation:
    'Leave the swarm and join again (or start it anew) with an address inside: docker swarm join --listen-addr ADDRESS:2377 …; docker swarm init --listen-addr ADDRESS:2377. Let the firewall of the host drop 2377, 7946 and 4789 from elsewhere. docker swarm update can not change it, and no key of daemon.json does.',
  decidedBy:
    'ListenAddr in docker-state.json below the data folder of the engine. The API shows only addresses that nodes advertise (NodeAddr, RemoteManagers), which say nothing of where they listen; so it takes reading host files.',
  needs: ['info'],
  sources: [
    'CIS Docker Benchmark 1.6.0, 7.2',
    'https://docs.docker.com/reference/cli/docker/swarm/init/#listen-addr',
    'moby/moby daemon/cluster/noderunner.go (nodeStartConfig), daemon/libnetwork/agent.go (agentInit)',
  ],
  *evaluate({ snapshot, context }) {
    const role = swarmRoleOf(context);
    // Workers listen on 7946 by the same setting, and a locked manager has the file as well.
    const judgement =
      role.kind === 'other'
        ? role.judgement
        : judgeListening(snapshot, [
            { source: 'info.Swarm.NodeAddr (advertised)', value: role.swarm.NodeAddr ?? null },
          ]);
    yield { subject: swarmSubject, ...judgement };
  },
});

const judgeListening = (snapshot: HostSnapshot, advertised: readonly Evidence[]): Judgement => {
  const facts = valueOf(snapshot.hostFiles);
  if (facts === undefined)
    return onlyHostFilesTell('The engine does not tell on which address it listens for the swarm', advertised);
  const { path = 'docker-state.json', state, listenAddress } = facts.swarmState ?? {};
  if (state !== 'read' || listenAddress === undefined) return notLookedAt(path);
  const evidence = [...advertised, { source: `${path} ListenAddr`, value: listenAddress }];
  const host = listenAddress.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  const reach = reachOf(host);
  if (reach === 'every-address') return fail('The swarm listens on every address of the host', evidence);
  return reach === undefined
    ? unknown(`The swarm listens on ${host}, which could be any address`, 'An address in place of the name', evidence)
    : pass(`The swarm listens on ${host} alone`, evidence);
};
