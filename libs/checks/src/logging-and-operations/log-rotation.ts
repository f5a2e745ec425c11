import type { ContainerInspect } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import type { JudgingContext } from '../engine/context.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

const Parameters = containerParameters.extend({
  maxTotalBytes: z
    .number()
    .int()
    .min(1)
    .default(1024 ** 3),
});

/** Drivers that send logs elsewhere and keep at most a bounded cache. */
const remote = new Set(['awslogs', 'fluentd', 'gcplogs', 'gelf', 'logentries', 'splunk', 'syslog', 'etwlogs']);

export default defineCheck({
  id: 'log-rotation',
  theme: 'logging-and-operations',
  severity: 'medium',
  subject: 'container',
  title: 'Logs of containers are bounded in size on the host',
  rationale:
    'With no bound, one container that writes a lot, by itself or because somebody makes it, fills the disk of the engine, and every other container stops with it.',
  remediation:
    'Set "log-driver": "local", or "log-opts": {"max-size": "10m", "max-file": "3"} in daemon.json, restart the daemon, and create the containers again, since each keeps the options it was made with. For one: docker run --log-opt max-size=10m --log-opt max-file=3 … (compose: logging: options).',
  decidedBy:
    'HostConfig.LogConfig: json-file needs a max-size; local is bounded by itself, journald by the journal of the host, and drivers that send logs elsewhere keep little. More than maxTotalBytes in all weighs low. How large a log is now is not in the API.',
  needs: ['containers'],
  parameters: Parameters,
  sources: [
    'https://docs.docker.com/engine/logging/drivers/json-file/',
    'https://docs.docker.com/engine/logging/drivers/local/',
    'moby/moby daemon/logs.go (mergeAndVerifyLogConfig)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'medium' }, ({ inspect }) =>
      judgeBounds(inspect, context, parameters.maxTotalBytes),
    );
  },
});

const judgeBounds = (
  { HostConfig: hostConfig }: ContainerInspect,
  { isPodman }: JudgingContext,
  maxTotalBytes: number,
): Judgement => {
  const type = hostConfig?.LogConfig?.Type;
  if (type === undefined || type === '') return fieldNotSeen('HostConfig.LogConfig.Type');
  const options = hostConfig?.LogConfig?.Config;
  const evidence: Evidence[] = [{ source: 'HostConfig.LogConfig.Type', value: type }];
  if (type === 'none') return notApplicable('The container keeps no log: see logging-off', evidence);
  if (type === 'journald') return pass('The journal of the host bounds the log, by its own configuration', evidence);
  if (remote.has(type)) return pass(`The driver ${type} sends the log elsewhere`, evidence);
  if (type !== 'json-file' && type !== 'local')
    return unknown(
      `Where the driver ${type} keeps logs, and how much, is its own matter`,
      `The documentation of ${type}`,
      evidence,
    );
  if (options === undefined) return fieldNotSeen('HostConfig.LogConfig.Config');
  // Seen on 4.3: the bound is a field of its own there, which the Docker-compatible API leaves out.
  if (isPodman === true && options?.['max-size'] === undefined)
    return unknown(
      "Podman's Docker-compatible API does not show the bound of a log",
      'podman inspect on the host',
      evidence,
    );
  const [size, files] = [options?.['max-size'], options?.['max-file']];
  const all = [
    ...evidence,
    { source: 'HostConfig.LogConfig.Config["max-size"]', value: size ?? null },
    { source: 'HostConfig.LogConfig.Config["max-file"]', value: files ?? null },
  ];
  if (type === 'json-file' && (size === undefined || size === '' || size.startsWith('-')))
    return fail('The log of the container grows without a bound', all);
  const bytes = bytesOf(size ?? '20m');
  const number = Number(files ?? (type === 'local' ? '5' : '1'));
  if (bytes === undefined || !Number.isFinite(number))
    return unknown('The bound of the log is not understood', 'A look at the log options of the container', all);
  if (bytes === 0) return fail('The log of the container grows without a bound', all);
  return bytes * Math.max(number, 1) > maxTotalBytes
    ? fail(`The log of the container may take ${Math.round((bytes * Math.max(number, 1)) / 1024 ** 2)} MiB`, all, {
        severity: 'low',
      })
    : pass('The log of the container is bounded', all);
};

const units: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** `10m`, `1g`, `100kb`, `1024`: powers of 1024, as the engine reads them. */
const bytesOf = (text: string): number | undefined => {
  const [, number, unit = ''] = /^(\d{1,12}(?:\.\d{1,6})?)\s?([bkmgt]?)(?:i?b)?$/i.exec(text.trim()) ?? [];
  const factor = units[unit.toLowerCase()];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
};
