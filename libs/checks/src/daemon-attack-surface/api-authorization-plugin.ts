import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { aboutDaemon, infoNotSeen } from '../engine/daemon.ts';
import { fail, notApplicable, pass } from '../engine/verdict.ts';
import { judgeRemoteApi } from './remote-api.ts';

export default defineCheck({
  id: 'api-authorization-plugin',
  theme: 'daemon-attack-surface',
  severity: 'medium',
  subject: 'daemon',
  cis: { '1.6.0': '2.12', '1.7.0': '2.12', '1.8.0': '2.13' },
  cisLevel: 2,
  title: 'Requests to the API pass through an authorization plugin',
  rationale:
    'The API knows no roles: every client that gets in may do everything, up to root on the host. A plugin is the only place inside the engine where one client can be allowed less than another.',
  remediation:
    'Install a plugin (for example of Open Policy Agent or Casbin), set "authorization-plugins": ["NAME"] in daemon.json, and reload: systemctl reload docker. It must let the read requests of this scanner pass.',
  decidedBy:
    'info.Plugins.Authorization, which follows a reload at once. That a plugin is in place does not say that its policy is strict.',
  needs: ['info'],
  parameters: z.strictObject({
    /** Names that count; empty for any. */
    acceptedPlugins: z.array(z.string()).default([]),
    /** Mutual TLS, where it holds, is enough control of who may do what. */
    acceptMtlsOnly: z.boolean().default(false),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 2.12',
    'https://docs.docker.com/engine/extend/plugins_authorization/',
    'moby/moby daemon/info.go (fillPluginsInfo)',
    'CVE-2024-41110',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* aboutDaemon(context, { notOnPodman: 'Podman has no authorization plugins' }, (info) => {
      const plugins = info.Plugins?.Authorization;
      if (plugins === undefined) return infoNotSeen('Plugins.Authorization');
      const evidence = [{ source: 'info.Plugins.Authorization', value: plugins }];
      const counted = (plugins ?? []).filter((name) => isAccepted(name, parameters.acceptedPlugins));
      if (counted.length > 0) return pass(`Requests pass through ${counted.join(', ')}`, evidence);
      if (parameters.acceptMtlsOnly && judgeRemoteApi(snapshot, context, 'fail').outcome === 'pass')
        return notApplicable('Mutual TLS alone is accepted here, and it holds', evidence);
      return (plugins ?? []).length === 0
        ? fail('No plugin looks at what clients of the API do', evidence)
        : fail('The plugin that looks at requests is none of the accepted ones', evidence);
    });
  },
});

/** The engine shows managed plugins with their tag. */
const isAccepted = (name: string, accepted: readonly string[]): boolean =>
  accepted.length === 0 || accepted.includes(name) || accepted.includes(name.replace(/:[^:/]*$/, ''));
