import { z } from 'zod';
import {
  capabilityName,
  defaultCapabilities,
  effectiveCapabilities,
  linuxCapabilities,
} from '../engine/capabilities.ts';
import { defineCheck } from '../engine/check.ts';
import { isRootUser } from '../engine/container-user.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { hasNoNewPrivileges } from '../engine/no-new-privileges.ts';
import { isInUserNamespace } from '../engine/user-namespaces.ts';
import { type Evidence, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { type Severity, lowered } from '../engine/vocabulary.ts';

const criticalCapabilities = [
  'ALL',
  'SYS_ADMIN',
  'SYS_MODULE',
  'SYS_PTRACE',
  'SYS_RAWIO',
  'DAC_READ_SEARCH',
  'BPF',
  'PERFMON',
  'SYS_BOOT',
  'MAC_ADMIN',
  'MAC_OVERRIDE',
  'CHECKPOINT_RESTORE',
];

export default defineCheck({
  id: 'container-capabilities',
  theme: 'kernel-privileges',
  severity: 'high',
  subject: 'container',
  cis: { '1.5.0': '5.3', '1.6.0': '5.4', '1.7.0': '5.4', '1.8.0': '5.4' },
  cisLevel: 1,
  title: 'Containers hold no Linux capability beyond the allowed ones',
  rationale:
    'Capabilities are the parts of what root may do. Some of them, such as SYS_ADMIN, SYS_MODULE or SYS_PTRACE, are as good as root on the host; others let a container forge packets, read any file or change the clock.',
  remediation:
    'Drop all and add back what is needed: docker run --cap-drop ALL --cap-add NET_BIND_SERVICE …; at the least --cap-drop NET_RAW. Compose: cap_drop: [ALL], cap_add: [NET_BIND_SERVICE]. There is no key for it in daemon.json.',
  decidedBy:
    'The set that the engine works out from HostConfig.Privileged, CapAdd and CapDrop, compared with allowedCapabilities. Critical if one of criticalCapabilities is in it; a step less for a non-root user with no-new-privileges, and inside a user namespace.',
  needs: ['containers'],
  parameters: containerParameters.extend({
    allowedCapabilities: z.array(z.string()).default([...defaultCapabilities]),
    requireDropNetRaw: z.boolean().default(false),
    criticalCapabilities: z.array(z.string()).default(criticalCapabilities),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.4',
    'moby/moby daemon/pkg/oci/caps/utils.go (TweakCapabilities, NormalizeLegacyCapabilities), defaults.go',
    'https://docs.docker.com/engine/security/#linux-kernel-capabilities',
    'man 7 capabilities',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const allowed = new Set(parameters.allowedCapabilities.map(capabilityName));
    if (parameters.requireDropNetRaw) allowed.delete('NET_RAW');
    const critical = new Set(parameters.criticalCapabilities.map(capabilityName));
    yield* eachContainer(snapshot, { ...parameters, severity: 'high' }, ({ inspect }) => {
      if (context.isWindows === true) return notApplicable('Windows containers have no Linux capabilities');
      const { HostConfig: hostConfig, Config: config } = inspect;
      const effective = effectiveCapabilities(hostConfig);
      if (effective === undefined) return fieldNotSeen('One of HostConfig.Privileged, CapAdd and CapDrop');
      const outside = [...effective.names].filter((name) => !allowed.has(name)).toSorted();
      const evidence: Evidence[] = [
        { source: 'HostConfig.Privileged', value: hostConfig?.Privileged ?? null },
        { source: 'HostConfig.CapAdd', value: hostConfig?.CapAdd ?? null },
        { source: 'HostConfig.CapDrop', value: hostConfig?.CapDrop ?? null },
      ];
      if (outside.length === 0) return pass('The container holds no capability beyond the allowed ones', evidence);
      const unknownNames = new Set(effective.unknownNames);
      const excess = outside.filter((name) => !unknownNames.has(name));
      if (excess.length === 0)
        return unknown(
          `No Linux that is known here has a capability called ${outside.join(', ')}`,
          'A newer version of this check, or the name in the parameter allowedCapabilities',
          evidence,
        );
      const holdsAll = effective.from === 'privileged' || effective.from === 'all-added';
      const isCritical = excess.some((name) => critical.has(name)) || (holdsAll && critical.has('ALL'));
      let severity: Severity = isCritical ? 'critical' : 'high';
      const bounded = isRootUser(config?.User) === false && hasNoNewPrivileges(context, hostConfig) === true;
      // Without a way to gain privileges, another user's process never gets what is only in the bounding set.
      if (bounded) severity = lowered(severity);
      const remapped = isInUserNamespace(context, hostConfig) === true;
      if (remapped) severity = lowered(severity);
      const mildly = [
        ...(bounded ? ['a user other than root can not make use of them under no-new-privileges'] : []),
        ...(remapped ? ['they hold inside a user namespace only'] : []),
      ];
      const held =
        effective.names.size === linuxCapabilities.length
          ? `all ${linuxCapabilities.length} capabilities`
          : excess.join(', ');
      return fail(
        `The container holds ${held}, more than is allowed${mildly.length > 0 ? `; ${mildly.join(', and ')}` : ''}`,
        evidence,
        { severity, ...(effective.from === 'privileged' ? { causedBy: 'container-privileged' } : {}) },
      );
    });
  },
});
