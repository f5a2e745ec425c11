import type { EngineInfo } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { isAffected, readVersion } from '../engine/component-version.ts';
import type { JudgingContext } from '../engine/context.ts';
import { aboutDaemon, infoNotSeen } from '../engine/daemon.ts';
import { ipAddressOf, ipNetworkOf, liesWithin } from '../engine/ip-networks.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { isPlainMirror, mirrorsOf } from './registry-mirrors.ts';

const registriesCheck = 'no-insecure-registries';
const loopback = new Set(['127.0.0.0/8', '::1/128']);

export default defineCheck({
  id: 'mirror-unencrypted',
  theme: 'registry-and-accounts',
  severity: 'medium',
  subject: 'daemon',
  title: 'Mirrors of Docker Hub are reached over verified TLS and belong to someone known',
  rationale:
    'A mirror answers what a tag means. One in clear text lets whoever sits on the way decide that, and one that belongs to a stranger lets him.',
  remediation:
    'Set "registry-mirrors": ["https://MIRROR"] in daemon.json, with a certificate that verifies, take the host out of "insecure-registries", and reload: systemctl reload docker. List the mirrors that you know in the parameter allowedMirrors.',
  decidedBy:
    'info.RegistryConfig.Mirrors and the mirrors of docker.io: https:// (http:// on loopback alone), a host that is not listed as insecure, and one of allowedMirrors where that is given. What fails for want of TLS follows from no-insecure-registries. Files below certs.d may add mirrors that do not show.',
  needs: ['info'],
  parameters: z.strictObject({
    /** Addresses of mirrors, `https://mirror.example`; empty: any. */
    allowedMirrors: z.array(z.string()).default([]),
  }),
  sources: [
    'https://docs.docker.com/docker-hub/image-library/mirror/',
    'moby/moby api/swagger.yaml (RegistryServiceConfig, IndexInfo)',
    'CVE-2026-92543',
  ],
  *evaluate({ context, parameters }) {
    yield* aboutDaemon(context, {}, (info) => judgeMirrors(info, context, parameters.allowedMirrors));
  },
});

const hostPattern = /^[a-z][a-z0-9+.-]*:\/\/(\[[^\]]*\]|[^:/?#]*)(?::(\d+))?/i;

const judgeMirrors = (info: EngineInfo, context: JudgingContext, allowedMirrors: readonly string[]): Judgement => {
  const config = info.RegistryConfig;
  if (config === undefined || config === null) return infoNotSeen('RegistryConfig');
  const mirrors = mirrorsOf(config);
  if (mirrors === undefined) return infoNotSeen('RegistryConfig.Mirrors');
  const evidence: Evidence[] = [{ source: 'info.RegistryConfig.Mirrors', value: mirrors.toSorted() }];
  const allowed = new Set(allowedMirrors.map((mirror) => mirror.replace(/\/$/, '')));
  const strangers = mirrors.filter((mirror) => allowed.size > 0 && !allowed.has(mirror));
  if (strangers.length > 0) return fail(`Mirrors that are not allowed: ${strangers.join(', ')}`, evidence);
  const insecureNames = new Set(
    Object.entries(config.IndexConfigs ?? {}).flatMap(([name, { Secure }]) =>
      Secure === false ? [name.toLowerCase()] : [],
    ),
  );
  const ranges = (config.InsecureRegistryCIDRs ?? []).filter((range) => !loopback.has(range));
  const networks = ranges.flatMap((range) => {
    const network = ipNetworkOf(range);
    return network === undefined ? [] : [network];
  });
  const hosts = mirrors.map((mirror) => {
    const [, host = '', port] = hostPattern.exec(mirror) ?? [];
    return {
      mirror,
      host: host.toLowerCase(),
      address: ipAddressOf(host),
      withPort: `${host.toLowerCase()}:${port ?? ''}`,
    };
  });
  const open = hosts.filter(
    ({ mirror, host, address, withPort }) =>
      isPlainMirror(mirror) ||
      insecureNames.has(host) ||
      insecureNames.has(withPort) ||
      (address !== undefined && liesWithin(address, networks)),
  );
  if (open.length > 0)
    return fail(`Mirrors without verified TLS: ${open.map(({ mirror }) => mirror).join(', ')}`, evidence, {
      causedBy: registriesCheck,
    });
  if (config.Mirrors === undefined) return infoNotSeen('RegistryConfig.Mirrors');
  const hub = config.IndexConfigs?.['docker.io'];
  if (config.IndexConfigs === undefined || (hub !== undefined && hub.Mirrors === undefined))
    return infoNotSeen('RegistryConfig.IndexConfigs');
  if (mirrors.length === 0) return notApplicable('No mirror is configured', evidence);
  if (config.InsecureRegistryCIDRs === undefined) return infoNotSeen('RegistryConfig.InsecureRegistryCIDRs');
  if (Object.values(config.IndexConfigs ?? {}).some(({ Secure }) => Secure === undefined))
    return infoNotSeen('RegistryConfig.IndexConfigs');
  const named = hosts.find(({ address }) => address === undefined);
  // Since 29.8.2 all addresses of a name must lie in an insecure range.
  const version = readVersion(context.version?.Version ?? info.ServerVersion);
  const isStrict = version !== undefined && !isAffected(version, [{ introduced: '0', fixed: '29.8.2' }]);
  if (networks.length > 0 && named !== undefined && !isStrict)
    return unknown(
      `Whether an address of ${named.host} lies in an insecure range is up to its name server`,
      'Taking the range out of insecure-registries, or an engine from 29.8.2 on',
      [...evidence, { source: 'info.RegistryConfig.InsecureRegistryCIDRs', value: ranges }],
    );
  return pass('Every mirror is reached over verified TLS', evidence);
};
