import { type EngineInfo, type EnginePlugin, isMissing } from '@plimsoll/snapshot';
import { z } from 'zod';
import { capabilityName } from '../engine/capabilities.ts';
import { defineCheck } from '../engine/check.ts';
import type { JudgingContext } from '../engine/context.ts';
import type { HostPath } from '../engine/host-paths.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { cleanPath } from '../engine/paths.ts';
import { partNotSeen } from '../engine/missing-part.ts';
import { daemonSubject, repositoryOf } from '../engine/subjects.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { weightAsSensitiveMount } from './container-sensitive-host-mounts.ts';

const Parameters = z.strictObject({
  capabilities: z
    .array(z.string())
    .default(['SYS_ADMIN', 'SYS_MODULE', 'SYS_PTRACE', 'SYS_RAWIO', 'DAC_READ_SEARCH', 'NET_ADMIN', 'BPF', 'ALL']),
  /**
   * Rights that are meant, by pattern of the plugin's name: `SYS_ADMIN`, `all-devices`, `host-pid`, `host-ipc`,
   * `host-network`, `mount:/path`, or `*` for any.
   */
  allowed: z.record(z.string(), z.array(z.string())).default({}),
});

interface Rights {
  readonly held: readonly string[];
  /** What was not seen. */
  readonly unseen: readonly string[];
}

const rightsOf = (plugin: EnginePlugin, watched: ReadonlySet<string>, context: JudgingContext): Rights => {
  const { Config: config, Settings: settings } = plugin;
  const held: string[] = [];
  const unseen: string[] = [];
  const flag = (value: boolean | undefined, right: string): void => {
    if (value === true) held.push(right);
    else if (value === undefined) unseen.push(right);
  };
  const capabilities = config?.Linux?.Capabilities;
  if (capabilities === undefined) unseen.push('capabilities');
  held.push(...(capabilities ?? []).map(capabilityName).filter((name) => watched.has(name)));
  flag(config?.Linux?.AllowAllDevices, 'all-devices');
  flag(config?.PidHost, 'host-pid');
  flag(config?.IpcHost, 'host-ipc');
  flag(config?.Network?.Type === undefined ? undefined : config.Network.Type === 'host', 'host-network');
  // The publisher's wishes are in Config; what was set at the installation is in Settings, and counts.
  const mounts = settings?.Mounts;
  if (mounts === undefined) unseen.push('mounts');
  for (const { Source } of mounts ?? []) {
    if (Source === undefined) unseen.push('the source of a mount');
    else if (Source !== null && Source !== '') {
      const path: HostPath = {
        path: cleanPath(Source, context),
        destination: undefined,
        writable: true,
        recursive: true,
        readOnlyBelow: undefined,
        evidence: { source: 'Settings.Mounts', value: Source },
      };
      if (weightAsSensitiveMount(path, context) !== undefined || path.path.endsWith('.sock'))
        held.push(`mount:${path.path}`);
    }
  }
  return { held, unseen };
};

const namesOf = ({ Name, PluginReference }: EnginePlugin): string[] =>
  [Name, PluginReference].flatMap((name) => (name === undefined ? [] : [name, repositoryOf(name)]));

const interfaceState = (info: EngineInfo | undefined): string =>
  (info?.NRI?.Info ?? []).length > 0
    ? '; the NRI interface is on, whose plugins are programs of the host and listed nowhere'
    : '';

const judgePlugins = (
  plugins: readonly EnginePlugin[],
  context: JudgingContext,
  parameters: z.infer<typeof Parameters>,
): Judgement => {
  const watched = new Set(parameters.capabilities.map(capabilityName));
  const enabled = plugins.filter(({ Enabled }) => Enabled !== false);
  const remark = interfaceState(context.info);
  if (enabled.length === 0) return notApplicable(`No plugin is enabled${remark}`);
  const faults: string[] = [];
  const doubts: string[] = [];
  const evidence: Evidence[] = [];
  for (const plugin of enabled) {
    const name = plugin.Name ?? plugin.PluginReference ?? 'a plugin without a name';
    const meant = Object.entries(parameters.allowed)
      .filter(([pattern]) => namesOf(plugin).some((one) => matchesPattern(one, pattern)))
      .flatMap(([, rights]) => rights);
    const { held, unseen } = rightsOf(plugin, watched, context);
    const beyond = held.filter((right) => !meant.some((pattern) => matchesPattern(right, pattern)));
    const isVolume = plugin.Config?.Interface?.Types?.some((type) => type.includes('volumedriver')) === true;
    const byNature = isVolume && plugin.Config?.PropagatedMount ? ' (a volume plugin mounts by nature)' : '';
    if (held.length > 0) evidence.push({ source: `plugins["${name}"]`, value: held });
    if (beyond.length > 0)
      faults.push(
        `${name} holds ${beyond.join(', ')}${byNature}${plugin.Enabled === undefined ? ', if it is enabled' : ''}`,
      );
    else if (unseen.length > 0 && !meant.includes('*')) doubts.push(`${unseen.join(', ')} of ${name}`);
  }
  if (faults.length > 0) return fail(`Beyond the policy, ${faults.slice(0, 20).join('; ')}${remark}`, evidence);
  return doubts.length > 0
    ? unknown(`Not seen: ${doubts.slice(0, 20).join('; ')}`, 'An engine that reports its plugins whole', evidence)
    : pass(`Enabled plugins hold no right over the host beyond the policy${remark}`, [
        ...evidence,
        { source: 'enabled plugins', value: enabled.map(({ Name }) => Name ?? '?').slice(0, 20) },
      ]);
};

export default defineCheck({
  id: 'plugin-privileges',
  theme: 'daemon-attack-surface',
  severity: 'high',
  subject: 'daemon',
  title: 'Enabled plugins have no rights over the host beyond policy',
  rationale:
    'A plugin of the engine runs as root, often with the devices or namespaces of the host, and shows in no list of containers. Its publisher, or whoever takes over its tag, has what it has.',
  remediation:
    'docker plugin disable NAME; install it again with rights that were reviewed, by digest: docker plugin install NAME@sha256:… . What is meant goes into the parameter allowed. There is no key for it in daemon.json, but "features": {"nri": false} switches the NRI interface off.',
  decidedBy:
    'GET /plugins of enabled ones: Config.Linux.Capabilities and AllowAllDevices, PidHost, IpcHost, Network.Type, and the sources in Settings.Mounts, which are what is in force. Plugins of the old kind are programs of the host and not listed.',
  needs: ['version'],
  parameters: Parameters,
  sources: ['moby/moby api/swagger.yaml (Plugin)', 'https://docs.docker.com/engine/extend/config/', 'CVE-2026-33997'],
  *evaluate({ snapshot, context, parameters }) {
    // Podman answers 404 where an engine lists its plugins: that is no gap.
    if (context.isPodman === true)
      yield { subject: daemonSubject, ...notApplicable('Podman has no plugins of this kind') };
    else if (isMissing(snapshot.plugins)) yield { subject: daemonSubject, ...partNotSeen('plugins', snapshot.plugins) };
    else yield { subject: daemonSubject, ...judgePlugins(snapshot.plugins.value, context, parameters) };
  },
});
