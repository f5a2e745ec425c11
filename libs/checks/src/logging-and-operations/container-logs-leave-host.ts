import { type EngineInfo, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { judgeConfigured, objectOf } from '../engine/configured-option.ts';
import type { JudgingContext } from '../engine/context.ts';
import { aboutDaemon, infoNotSeen } from '../engine/daemon.ts';
import { type Evidence, type Judgement, fail, pass, unknown } from '../engine/verdict.ts';
import { type LogDestination, logDestinationOf } from './log-destination.ts';

const remoteDrivers = new Set(['awslogs', 'gcplogs', 'splunk', 'logentries']);
const localDrivers = new Set(['json-file', 'local', 'etwlogs']);
const addressedDrivers = new Set(['syslog', 'gelf', 'fluentd']);

export default defineCheck({
  id: 'container-logs-leave-host',
  theme: 'logging-and-operations',
  severity: 'low',
  subject: 'daemon',
  cis: { '1.6.0': '2.13', '1.7.0': '2.13', '1.8.0': '2.14' },
  cisLevel: 2,
  title: 'Logs of containers leave the host by default',
  rationale:
    'Whoever takes over the host deletes the logs that lie there. Only what was sent elsewhere in time still tells what happened.',
  remediation:
    'Set "log-driver": "syslog" and "log-opts": {"syslog-address": "tcp+tls://LOGHOST:6514"} in daemon.json (or fluentd, gelf, a cloud driver), restart, and create the containers again. For one container: docker run --log-driver (compose: logging). Where an agent ships the files of json-file, accept the risk with that reason.',
  decidedBy:
    'info.LoggingDriver; for syslog, gelf and fluentd the address that all containers with that driver have in HostConfig.LogConfig, because the engine copies its default there at creation, else the option log-opt on the command line of docker.service and in daemon.json.',
  needs: ['info'],
  parameters: z.strictObject({
    acceptJournald: z.boolean().default(false),
    /** A forwarder on this host, by UNIX socket or loopback, counts as leaving it. */
    acceptLocalForwarder: z.boolean().default(false),
    /** Names of log plugins that send logs elsewhere. */
    remotePlugins: z.array(z.string()).default([]),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 2.13',
    'https://docs.docker.com/engine/logging/configure/',
    'moby/moby daemon/logs.go (mergeAndVerifyLogConfig)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    // Podman leaves the field empty.
    yield* aboutDaemon(context, { notOnPodman: 'Podman has no log driver for all containers' }, (info) =>
      judgeDriver(snapshot, context, info, parameters),
    );
  },
});

interface Accepted {
  readonly acceptJournald: boolean;
  readonly acceptLocalForwarder: boolean;
  readonly remotePlugins: readonly string[];
}

const judgeDriver = (
  snapshot: HostSnapshot,
  context: JudgingContext,
  info: EngineInfo,
  accepted: Accepted,
): Judgement => {
  const driver = info.LoggingDriver;
  if (driver === undefined || driver === '') return infoNotSeen('LoggingDriver');
  const others = containersOfOtherDrivers(snapshot, driver);
  const evidence = [
    { source: 'info.LoggingDriver', value: driver },
    ...(others.length === 0 ? [] : [{ source: 'containers with another HostConfig.LogConfig.Type', value: others }]),
  ];
  if (remoteDrivers.has(driver) || accepted.remotePlugins.includes(driver))
    return pass(`Logs go elsewhere by the driver ${driver}`, evidence);
  if (localDrivers.has(driver)) return fail(`The driver ${driver} keeps logs on the host`, evidence);
  if (driver === 'none') return fail('Containers leave no log at all by default', evidence, { severity: 'medium' });
  if (driver === 'journald')
    return accepted.acceptJournald
      ? pass('Logs go to the journal of the host, which is accepted here', evidence)
      : fail('Logs stay in the journal of the host', evidence);
  if (!addressedDrivers.has(driver))
    return unknown(
      `Nothing tells where the driver ${driver} sends logs to`,
      'A person who adds the plugin to the parameter remotePlugins if it sends them elsewhere',
      evidence,
    );
  const destination = defaultDestination(snapshot, driver);
  if (destination !== undefined) {
    const source = `HostConfig.LogConfig.Config["${driver}-address"]`;
    return judgeDestination(driver, destination, [...evidence, { source, value: destination.shown }], accepted);
  }
  const untold = `No container shows where the driver ${driver} sends logs to by default`;
  return judgeConfigured({ snapshot, context, option: logOptions, untold, evidence }, (values) => {
    const configured = logDestinationOf(driver, addressIn(values ?? [], `${driver}-address`));
    // What else stands among the options may be a token: only the address is shown.
    return configured === undefined
      ? unknown(`${untold}, nor does daemon.json`, 'A look at the log options of the daemon', evidence)
      : judgeDestination(
          driver,
          configured,
          [...evidence, { source: 'daemon log-opts', value: configured.shown }],
          accepted,
        );
  });
};

const logOptions = { flags: ['--log-opt'], key: 'log-opts' };

/** Of `name=value` on the command line, or of the object in daemon.json as text. */
const addressIn = (values: readonly string[], name: string): string | undefined => {
  const pair = values.findLast((value) => value.startsWith(`${name}=`));
  if (pair !== undefined) return pair.slice(name.length + 1);
  const address = values.map((value) => objectOf(value)?.[name]).findLast((value) => value !== undefined);
  return typeof address === 'string' ? address : undefined;
};

const judgeDestination = (
  driver: string,
  destination: LogDestination,
  seen: readonly Evidence[],
  accepted: Accepted,
): Judgement => {
  if (destination.reach === 'remote') return pass(`Logs go to ${destination.shown} by the driver ${driver}`, seen);
  if (destination.reach === 'host') return fail('The driver syslog writes to the log of the host itself', seen);
  return accepted.acceptLocalForwarder
    ? pass(`Logs go to a forwarder on the host, ${destination.shown}, which is accepted here`, seen)
    : unknown(
        `Logs go to a forwarder on the host, ${destination.shown}: nothing tells whether it sends them on`,
        'A person who sets the parameter acceptLocalForwarder if it does',
        seen,
      );
};

/**
 * Where the default driver sends logs to. The engine adds its own options to those that a container lacks, so one
 * container of this driver without an address shows that the default has none. Containers that differ tell nothing.
 */
const defaultDestination = (snapshot: HostSnapshot, driver: string): LogDestination | undefined => {
  const seen = logConfigs(snapshot)
    .filter(({ type, options }) => type === driver && options !== undefined)
    .map(({ options }) => logDestinationOf(driver, options?.[`${driver}-address`]));
  const ownDefault = seen.find((destination) => destination?.isDefault === true);
  if (ownDefault !== undefined) return ownDefault;
  return seen.every((destination) => destination?.shown === seen[0]?.shown) ? seen[0] : undefined;
};

const logConfigs = (snapshot: HostSnapshot) =>
  (valueOf(snapshot.containers) ?? []).map(({ name, inspect }) => {
    const config = valueOf(inspect)?.HostConfig?.LogConfig;
    return { name, type: config?.Type, options: config?.Config };
  });

const containersOfOtherDrivers = (snapshot: HostSnapshot, driver: string): string[] =>
  logConfigs(snapshot)
    .filter(({ type }) => type !== undefined && type !== '' && type !== driver)
    .map(({ name }) => name)
    .toSorted();
