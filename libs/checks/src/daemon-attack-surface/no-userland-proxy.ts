import type { EngineInfo } from '@plimsoll/snapshot';
import { defineCheck } from '../engine/check.ts';
import { judgeConfigured } from '../engine/configured-option.ts';
import { switchOf } from '../engine/daemon-flags.ts';
import { aboutDaemon } from '../engine/daemon.ts';
import { engineIsAtLeast } from '../engine/engine-version.ts';
import { type Evidence, type Judgement, fail, pass, unknown } from '../engine/verdict.ts';

const label = 'EnableUserlandProxy';
const option = { flags: ['--userland-proxy'], key: 'userland-proxy', isSwitch: true };
type ByOption = (untold: string, evidence: readonly Evidence[]) => Judgement;

export default defineCheck({
  id: 'no-userland-proxy',
  theme: 'daemon-attack-surface',
  severity: 'low',
  subject: 'daemon',
  cis: { '1.6.0': '2.16', '1.7.0': '2.16', '1.8.0': '2.17' },
  cisLevel: 1,
  title: 'Published ports are forwarded without the userland proxy',
  rationale:
    'For each published port the proxy is one more process of root that strangers talk to, and it hides the address of the client from the container and from its log.',
  remediation:
    'Set "userland-proxy": false in daemon.json and restart while no container runs (or with live restore off), so that the ports are set up again. Hosts inside LXC may need the proxy.',
  decidedBy:
    'From engine 29.5 on info.FirewallBackend.Info has the pair EnableUserlandProxy=true while the proxy is on and none while it is off. Older engines, and API versions below 1.49, tell nothing: there the option userland-proxy decides, on the command line of docker.service and in daemon.json.',
  needs: ['info'],
  sources: [
    'CIS Docker Benchmark 1.6.0, 2.16',
    'moby/moby daemon/libnetwork/controller_linux.go, pull 52321, issue 49240',
  ],
  *evaluate({ snapshot, context }) {
    const options = { notOnPodman: 'Podman has no such option', notOnWindows: 'Windows has no such option' };
    const byOption: ByOption = (untold, evidence) =>
      judgeConfigured({ snapshot, context, option, untold, evidence }, (values, all) => {
        const isOn = values === undefined ? true : switchOf(values.at(-1));
        if (isOn === undefined)
          return unknown('The option userland-proxy is not understood', 'A look at daemon.json', all);
        return isOn
          ? fail('The userland proxy forwards published ports', all)
          : pass('Published ports are forwarded without the userland proxy', all);
      });
    yield* aboutDaemon(context, options, (info) => {
      const backend = info.FirewallBackend;
      if (engineIsAtLeast(context, 29, 5) !== true || backend === undefined)
        return byOption('This engine does not report whether the userland proxy is on', []);
      return judgeBackend(backend, byOption);
    });
  },
});

const judgeBackend = (backend: NonNullable<EngineInfo['FirewallBackend']>, byOption: ByOption): Judgement => {
  const pairs = backend.Info ?? []; // Go leaves an empty list out
  const evidence = [
    { source: 'info.FirewallBackend.Info', value: pairs.map((pair) => pair.join('=')) },
    { source: 'info.FirewallBackend.Driver', value: backend.Driver ?? null },
  ];
  const proxy = pairs.find(([key]) => key === label);
  if (proxy?.[1] === 'true') return fail('The userland proxy forwards published ports', evidence);
  // The engine's documentation does not promise the form: what looks like the pair and is not can mean anything.
  if (
    proxy !== undefined ||
    pairs.some(([key]) =>
      key
        ?.toLowerCase()
        .replaceAll(/[^a-z]/g, '')
        .includes('enableuserlandproxy'),
    )
  )
    return byOption('The engine reports the userland proxy in a form that is not known', evidence);
  return pass('Published ports are forwarded without the userland proxy', evidence);
};
