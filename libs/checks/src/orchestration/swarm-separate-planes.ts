import type { SwarmInfo } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { instantOf } from '../engine/instants.ts';
import { swarmSubject } from '../engine/subjects.ts';
import { type Judgement, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { swarmRoleOf } from './about-swarm.ts';

export default defineCheck({
  id: 'swarm-separate-planes',
  theme: 'orchestration',
  severity: 'low',
  subject: 'swarm',
  cis: { '1.5.0': '7.10', '1.6.0': '7.9', '1.7.0': '7.9', '1.8.0': '7.9' },
  cisLevel: 1,
  title: 'Management and data of the swarm go over separate interfaces',
  rationale:
    'On one interface, whoever floods or listens to the traffic of applications also reaches the one that steers the swarm.',
  remediation:
    'Leave and join again (or start anew) with two addresses: docker swarm join --advertise-addr MANAGEMENT-INTERFACE --data-path-addr DATA-INTERFACE … docker swarm update can not change it, and no key of compose or daemon.json does. Where the network is built that way, say until when in the parameter attestedUntil.',
  decidedBy:
    'AdvertiseAddr and DataPathAddr in docker-state.json below the data folder of the engine, which takes reading host files; the API shows only the advertised address. A person may vouch for it. Does not apply to a swarm of one node.',
  question: 'Do management and data of this swarm go over separate interfaces or networks?',
  needs: ['info'],
  parameters: z.strictObject({
    /** A day until which somebody vouches that the network keeps them apart. */
    attestedUntil: z.iso.date().nullable().default(null),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 7.9',
    'https://docs.docker.com/engine/swarm/networking/#use-a-separate-interface-for-control-and-data-traffic',
    'moby/moby daemon/cluster/noderunner.go (nodeStartConfig)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const role = swarmRoleOf(context);
    const judgement =
      role.kind === 'other' ? role.judgement : judgePlanes(role.swarm, snapshot.takenAt, parameters.attestedUntil);
    yield { subject: swarmSubject, ...judgement };
  },
});

const judgePlanes = (swarm: SwarmInfo, takenAt: string, attestedUntil: string | null): Judgement => {
  // Workers leave the number out.
  if (swarm.ControlAvailable === true && swarm.Nodes === 1)
    return notApplicable('The swarm has one node: nothing goes over a wire', [
      { source: 'info.Swarm.Nodes', value: 1 },
    ]);
  const evidence = [{ source: 'info.Swarm.NodeAddr (advertised)', value: swarm.NodeAddr ?? null }];
  const now = instantOf(takenAt);
  const until = instantOf(attestedUntil === null ? undefined : `${attestedUntil}T23:59:59Z`);
  if (now !== undefined && until !== undefined && now <= until)
    return pass(`Somebody vouches for it until ${attestedUntil}`, evidence);
  return unknown(
    'The engine does not tell over which address the data of the swarm goes',
    'Switch on reading host files for this host, or let a person vouch for the network (parameter attestedUntil)',
    evidence,
  );
};
