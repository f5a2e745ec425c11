import type { ContainerInspect } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { apiIsAtLeast } from '../engine/engine-version.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { runtimeOf } from '../engine/sandbox-runtimes.ts';
import { isInUserNamespace } from '../engine/user-namespaces.ts';
import { type Evidence, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { lowered } from '../engine/vocabulary.ts';
import { type DeviceGrant, deviceGrantsOf, worstOf } from './host-devices.ts';

const AllowedDevice = z.strictObject({
  /** A path, `c 188:*` of a rule, a CDI name or `gpu`; `*` stands for any text in paths and names. */
  device: z.string().min(1),
  permissions: z
    .string()
    .regex(/^[rwm]{1,3}$/)
    .default('rwm'),
});
type AllowedDevice = z.infer<typeof AllowedDevice>;

export default defineCheck({
  id: 'container-host-devices',
  theme: 'kernel-privileges',
  severity: 'high',
  subject: 'container',
  cis: { '1.5.0': '5.17', '1.6.0': '5.18', '1.7.0': '5.18', '1.8.0': '5.18' },
  cisLevel: 1,
  title: 'Devices of the host are not handed to containers',
  rationale:
    'A container that holds a disk of the host reads and writes every file on it past all permissions; one that holds its memory owns the kernel. Other devices open drivers that were never meant to face strangers.',
  remediation:
    'Create the container again without --device, --device-cgroup-rule and --gpus, or with one device and the least permissions: docker run --device /dev/ttyUSB0:/dev/ttyUSB0:rw … (compose: devices, device_cgroup_rules). What is meant goes into the parameter allowedDevices. There is no key for it in daemon.json.',
  decidedBy:
    'HostConfig.Devices, DeviceCgroupRules, DeviceRequests and Privileged, and the NVIDIA runtime with NVIDIA_VISIBLE_DEVICES. Disks, memory and rules for all devices are critical; other devices high, read-only ones, fuse, tun and kvm medium, graphics and sound low; a step less inside a user namespace.',
  needs: ['containers'],
  parameters: containerParameters.extend({
    allowedDevices: z.array(AllowedDevice).default([]),
    nvidiaRuntimes: z.array(z.string()).default(['nvidia', 'nvidia-container-runtime']),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.18',
    'moby/moby daemon/oci_linux.go (WithDevices), api/types/container/hostconfig.go (DeviceMapping, DeviceRequest)',
    'https://docs.docker.com/reference/cli/docker/container/run/#device',
    'https://docs.docker.com/build/building/cdi/',
    'Linux Documentation/admin-guide/devices.txt',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'high' }, ({ inspect }) => {
      if (context.isWindows === true) return notApplicable('Windows containers are given devices in another way');
      const hostConfig = inspect.HostConfig;
      if (hostConfig?.Privileged === undefined) return fieldNotSeen('HostConfig.Privileged');
      if (hostConfig.Privileged)
        return fail(
          'The container is privileged and so has every device of the host',
          [{ source: 'HostConfig.Privileged', value: true }],
          { causedBy: 'container-privileged' },
        );
      const { grants, notUnderstood } = deviceGrantsOf(hostConfig);
      const viaRuntime = nvidiaGrant(context, inspect, parameters.nvidiaRuntimes);
      const given = [...grants, ...(typeof viaRuntime === 'object' ? [viaRuntime] : [])].filter(
        (grant) => !parameters.allowedDevices.some((allowed) => isAllowedBy(grant, allowed)),
      );
      if (given.length > 0) {
        const worst = worstOf(given);
        const remapped = isInUserNamespace(context, hostConfig) === true;
        return fail(
          `The container is given ${given.map(({ device, permissions }) => `${device} (${permissions})`).join(', ')}${remapped ? ', as far as the permissions of the nodes let its mapped user' : ''}`,
          evidenceOf(given),
          { severity: remapped ? lowered(worst) : worst },
        );
      }
      const unseen = (['Devices', 'DeviceCgroupRules'] as const).find((field) => hostConfig[field] === undefined);
      if (unseen !== undefined) return fieldNotSeen(`HostConfig.${unseen}`);
      // Engines before API 1.40 do not have the field.
      if (hostConfig.DeviceRequests === undefined && apiIsAtLeast(context, 1, 40) !== false)
        return fieldNotSeen('HostConfig.DeviceRequests');
      if (notUnderstood.length > 0)
        return unknown(`Not understood: ${notUnderstood.join(', ')}`, 'A newer version of this check');
      if (viaRuntime === 'not-seen') return fieldNotSeen('HostConfig.Runtime or the environment');
      return pass(
        grants.length > 0
          ? 'The policy allows every device the container is given'
          : 'The container is given no device',
        evidenceOf(grants),
      );
    });
  },
});

const evidenceOf = (grants: readonly DeviceGrant[]): Evidence[] =>
  [...new Set(grants.map(({ source }) => source))].map((source) => ({
    source,
    value: grants
      .filter((grant) => grant.source === source)
      .map(({ device, permissions }) => `${device} ${permissions}`),
  }));

const isAllowedBy = (grant: DeviceGrant, allowed: AllowedDevice): boolean => {
  // In a rule, "*" is the kernel's own word for every number: only the very same rule is meant.
  const isSame =
    grant.source === 'HostConfig.DeviceCgroupRules'
      ? grant.device === allowed.device
      : matchesPattern(grant.device, allowed.device);
  return isSame && grant.permissions.split('').every((permission) => allowed.permissions.includes(permission));
};

/** This runtime hands out graphics cards by an environment variable, and the engine shows no device. */
const nvidiaGrant = (
  context: JudgingContext,
  { HostConfig: hostConfig, Config: config }: ContainerInspect,
  nvidiaRuntimes: readonly string[],
): DeviceGrant | 'not-seen' | undefined => {
  const runtime = hostConfig?.Runtime === undefined ? undefined : runtimeOf(context, hostConfig);
  if (runtime !== undefined && !nvidiaRuntimes.includes(runtime)) return undefined;
  if (config?.environment === undefined) return 'not-seen';
  const variable = config.environment.find(({ name }) => name === 'NVIDIA_VISIBLE_DEVICES');
  if (variable === undefined || variable.verdict.kind === 'empty' || ['void', 'none'].includes(variable.value ?? ''))
    return undefined;
  return runtime === undefined
    ? 'not-seen'
    : { device: 'gpu', permissions: 'rw', source: 'Config.Env NVIDIA_VISIBLE_DEVICES', severity: 'low' };
};
