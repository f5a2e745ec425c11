import { type EnginePlugin, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { isAffected } from '../engine/component-version.ts';
import type { JudgingContext } from '../engine/context.ts';
import { aboutDaemon, infoNotSeen } from '../engine/daemon.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { componentOf } from '../host/engine-components.ts';
import { vulnerabilities } from '../host/vulnerability-table/index.ts';

const Parameters = z.strictObject({
  /** Kinds of known flaws by which a request gets past a plugin. */
  kinds: z.array(z.string()).default(['authorization bypass']),
});

const isOf = ({ Name, PluginReference }: EnginePlugin, name: string): boolean =>
  [Name, PluginReference].some(
    (candidate) => candidate === name || candidate === `${name}:latest` || `${candidate}:latest` === name,
  );

interface Soundness {
  readonly disabled: readonly string[];
  readonly doubts: readonly string[];
}

const soundnessOf = (names: readonly string[], snapshot: HostSnapshot): Soundness => {
  const listed = valueOf(snapshot.plugins);
  if (listed === undefined) return { disabled: [], doubts: ['the list of plugins was not seen'] };
  const disabled: string[] = [];
  const doubts: string[] = [];
  for (const name of names) {
    const plugin = listed.find((candidate) => isOf(candidate, name));
    if (plugin === undefined) doubts.push(`${name} is a program of its own, whose health shows in its effect alone`);
    else if (plugin.Enabled === false) disabled.push(`${name} is installed and disabled`);
    else if (plugin.Enabled === undefined || plugin.Config?.Interface?.Types === undefined)
      doubts.push(`whether ${name} is enabled, or what it does, was not seen`);
    else if (plugin.Config.Interface.Types?.some((type) => type.includes('authz')) !== true)
      disabled.push(`${name} is no authorization plugin`);
  }
  return { disabled, doubts };
};

/** Known flaws of this engine by which requests get past a plugin; undefined where its version does not tell. */
const bypassesOf = (
  context: JudgingContext,
  kinds: readonly string[],
): { readonly ids: readonly string[]; readonly certain: boolean; readonly text: string } | undefined => {
  const engine = componentOf(context, 'moby');
  if (engine.kind === 'not-seen') return undefined;
  const ids = vulnerabilities.moby
    .filter(
      ({ kind, condition, affected }) =>
        kinds.includes(kind) &&
        (condition === undefined || condition === 'authorization-plugin') &&
        isAffected(engine.version, affected),
    )
    .map(({ id }) => id);
  return { ids, certain: engine.packaging === 'upstream', text: engine.text };
};

const judgeSoundness = (
  names: readonly string[],
  snapshot: HostSnapshot,
  context: JudgingContext,
  kinds: readonly string[],
): Judgement => {
  const evidence: Evidence[] = [{ source: 'info.Plugins.Authorization', value: names }];
  const { disabled, doubts } = soundnessOf(names, snapshot);
  const bypasses = bypassesOf(context, kinds);
  const all = bypasses === undefined ? evidence : [...evidence, { source: 'version.Version', value: bypasses.text }];
  if (disabled.length > 0) return fail(`Requests are not looked at: ${disabled.join('; ')}`, all);
  if (bypasses !== undefined && bypasses.ids.length > 0 && bypasses.certain)
    return fail(`Requests get past the plugin in engine ${bypasses.text}: ${bypasses.ids.join(', ')}`, all, {
      causedBy: 'known-vulnerability',
    });
  if (bypasses === undefined)
    return unknown(
      'Which engine runs here was not seen, so neither whether requests get past the plugin',
      'A scan that can read /version',
      all,
    );
  if (bypasses.ids.length > 0)
    return unknown(
      `Engine ${bypasses.text} may have taken in the fixes of ${bypasses.ids.join(', ')} under an old number`,
      'The package’s changelog on the host',
      all,
    );
  return doubts.length > 0
    ? unknown(doubts.join('; '), 'A request that the plugin has to refuse, made on purpose', all)
    : pass('Every authorization plugin is enabled, and this engine has no known way past it', all);
};

export default defineCheck({
  id: 'authorization-plugin-sound',
  theme: 'daemon-attack-surface',
  severity: 'high',
  subject: 'daemon',
  title: 'The authorization plugin is running and can not be bypassed',
  rationale:
    'A plugin that is configured and disabled refuses nothing or everything. In engines with known flaws a request of the right size reaches it without its body, so that it allows what it would have refused.',
  remediation:
    'docker plugin enable NAME; upgrade the engine (apt-get install --only-upgrade docker-ce, or dnf upgrade). The plugin stands in daemon.json as "authorization-plugins": ["NAME"]. It judges the API only: keep the socket of containerd closed as well.',
  decidedBy:
    'Each name in info.Plugins.Authorization among GET /plugins: enabled, with an authz interface; and the version of the engine in our table of known flaws, which known-vulnerability reports. A plugin of the old kind is in no list. A distribution may have taken in fixes under an old number.',
  needs: ['info'],
  parameters: Parameters,
  sources: ['https://docs.docker.com/engine/extend/plugins_authorization/', 'CVE-2024-41110', 'CVE-2026-34040'],
  *evaluate({ snapshot, context, parameters }) {
    yield* aboutDaemon(context, { notOnPodman: 'Podman has no authorization plugins' }, (info) => {
      const names = info.Plugins?.Authorization;
      if (names === undefined) return infoNotSeen('Plugins.Authorization');
      return names === null || names.length === 0
        ? notApplicable('No authorization plugin is configured, which api-authorization-plugin judges')
        : judgeSoundness(names, snapshot, context, parameters.kinds);
    });
  },
});
