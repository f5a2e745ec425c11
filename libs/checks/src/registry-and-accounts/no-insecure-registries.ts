import type { EngineInfo } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { aboutDaemon, infoNotSeen } from '../engine/daemon.ts';
import { type IpNetwork, ipNetworkOf, isPartOf } from '../engine/ip-networks.ts';
import { type Evidence, type Judgement, fail, pass } from '../engine/verdict.ts';
import { isPlainMirror, mirrorsOf } from './registry-mirrors.ts';

/** Every engine has these by itself; the second since 28.0. */
const builtIn = ['127.0.0.0/8', '::1/128'].flatMap((text): readonly IpNetwork[] => {
  const network = ipNetworkOf(text);
  return network === undefined ? [] : [network];
});

export default defineCheck({
  id: 'no-insecure-registries',
  theme: 'registry-and-accounts',
  severity: 'high',
  subject: 'daemon',
  cis: { '1.6.0': '2.5', '1.7.0': '2.5', '1.8.0': '2.5' },
  cisLevel: 1,
  title: 'No registry is used without verified TLS',
  rationale:
    'With an insecure registry the engine takes any certificate, and plain HTTP too. Whoever sits on the way hands it an image of his own, which then runs here, and reads the login of the registry.',
  remediation:
    'Give the registry a certificate, put its authority into /etc/docker/certs.d/HOST:PORT/ca.crt, delete the entry from "insecure-registries" (and http:// addresses from "registry-mirrors") in daemon.json, and reload: systemctl reload docker.',
  decidedBy:
    'info.RegistryConfig: InsecureRegistryCIDRs beside the built-in loopback ranges, IndexConfigs with Secure false, mirrors with http://. It follows a reload at once. Files below certs.d that switch verification off do not show there.',
  needs: ['info'],
  parameters: z.strictObject({
    /** Registries and networks that may be insecure, as the engine writes them: `registry.lan:5000`, `10.0.0.0/8`. */
    allowedInsecure: z.array(z.string()).default([]),
    flagHttpMirrors: z.boolean().default(true),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 2.5',
    'moby/moby daemon/pkg/registry/config.go (loadInsecureRegistries), pull 48540',
    'containers/podman pkg/api/handlers/compat/info.go (getServiceConfig)',
  ],
  *evaluate({ context, parameters }) {
    yield* aboutDaemon(context, {}, (info) => judgeRegistries(info, parameters));
  },
});

interface Policy {
  readonly allowedInsecure: readonly string[];
  readonly flagHttpMirrors: boolean;
}

const judgeRegistries = (info: EngineInfo, policy: Policy): Judgement => {
  const config = info.RegistryConfig;
  if (config === undefined || config === null) return infoNotSeen('RegistryConfig');
  const allowed = new Set(policy.allowedInsecure.map((name) => name.toLowerCase()));
  const allowedNetworks = policy.allowedInsecure.flatMap((text): readonly IpNetwork[] => {
    const network = ipNetworkOf(text);
    return network === undefined ? [] : [network];
  });

  const ranges = (config.InsecureRegistryCIDRs ?? []).filter((range) => {
    const network = ipNetworkOf(range);
    return network === undefined || ![...builtIn, ...allowedNetworks].some((whole) => isPartOf(network, whole));
  });
  const registries = Object.entries(config.IndexConfigs ?? {}).filter(([name]) => !allowed.has(name.toLowerCase()));
  const insecure = registries.filter(([, { Secure }]) => Secure === false).map(([name]) => name);
  const mirrors = policy.flagHttpMirrors ? (mirrorsOf(config) ?? []).filter(isPlainMirror) : [];

  const evidence: Evidence[] = [
    { source: 'info.RegistryConfig.InsecureRegistryCIDRs', value: ranges.toSorted() },
    { source: 'info.RegistryConfig.IndexConfigs with Secure false', value: insecure.toSorted() },
    { source: 'info.RegistryConfig.Mirrors', value: mirrors.toSorted() },
  ].filter(({ value }) => value.length > 0);
  if (evidence.length > 0) {
    const all = ranges.some((range) => ipNetworkOf(range)?.[1] === 0);
    return all
      ? fail('Every registry is used without verified TLS', evidence, { severity: 'critical' })
      : fail(`Without verified TLS: ${[...insecure, ...ranges, ...mirrors].toSorted().join(', ')}`, evidence);
  }
  if (config.InsecureRegistryCIDRs === undefined) return infoNotSeen('RegistryConfig.InsecureRegistryCIDRs');
  if (config.IndexConfigs === undefined || registries.some(([, { Secure }]) => Secure === undefined))
    return infoNotSeen('RegistryConfig.IndexConfigs');
  if (policy.flagHttpMirrors && mirrorsOf(config) === undefined) return infoNotSeen('RegistryConfig.Mirrors');
  return pass('Registries are used with verified TLS only', [
    { source: 'info.RegistryConfig.InsecureRegistryCIDRs', value: (config.InsecureRegistryCIDRs ?? []).toSorted() },
  ]);
};
