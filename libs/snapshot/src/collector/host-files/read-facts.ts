import { EngineError } from '@plimsoll/docker-engine';
import type { EngineInfo, EngineVersion } from '../../schema/engine.ts';
import type { HostFiles } from '../../schema/host-files.ts';
import { readAccounts, withNames } from './accounts.ts';
import { ReadingStopped } from './bounded-asking.ts';
import { readClientFolder, readRegistryCertificates } from './certificates-and-keys.ts';
import { readContainerdConfig, readDaemonConfig, readEnvironmentFiles } from './daemon.ts';
import type { HostView } from './host-view.ts';
import { lookAtPlaces } from './places.ts';
import { readSwarmState } from './swarm-state.ts';
import { readAudit, readKernelCommandLine, readKernelOptions, readMounts, readSysctls } from './system.ts';
import { readEnabledUnits, readUnits } from './units.ts';

const unitNames = ['docker.service', 'docker.socket', 'containerd.service', 'auditd.service', 'audit-rules.service'];
/** Whose folder `.docker` is looked at. */
const homes = ['/root'];

export interface ReadFacts {
  readonly facts: HostFiles;
  /** Why not everything was read; what was not is absent from the facts, and so not seen. */
  readonly stopped: string | undefined;
}

/**
 * All facts that checks ask for, the most telling first: a host or line that can't take more ends it early.
 * @throws EngineError `denied`, `cancelled`
 */
export const readFacts = async (
  view: HostView,
  info: EngineInfo | undefined,
  version: EngineVersion | undefined,
  isOver: () => boolean,
): Promise<ReadFacts> => {
  const facts: HostFiles = {};
  let stopped: string | undefined;
  try {
    await fill(facts, view, info, version);
  } catch (error) {
    const timeIsUp = error instanceof EngineError && error.reason === 'cancelled' && isOver();
    if (!timeIsUp && !(error instanceof ReadingStopped)) throw error;
    stopped = timeIsUp ? 'the time for it was up' : error.message;
  }
  facts.paths = withNames(view.paths, facts);
  return { facts, stopped };
};

const fill = async (
  facts: HostFiles,
  view: HostView,
  info: EngineInfo | undefined,
  version: EngineVersion | undefined,
): Promise<void> => {
  facts.units = await readUnits(view, unitNames);
  const service = facts.units?.['docker.service'];
  facts.environmentFiles = await readEnvironmentFiles(view, service);
  facts.daemonConfig = await readDaemonConfig(view, service, facts.environmentFiles);
  facts.containerdConfig = await readContainerdConfig(view, facts.units?.['containerd.service']);
  await lookAtPlaces(view, facts, info, homes);
  facts.swarmState = await readSwarmState(view, info);
  Object.assign(facts, await readAccounts(view));
  facts.audit = await readAudit(view);
  facts.mounts = await readMounts(view);
  facts.registryCertificates = await readRegistryCertificates(view);
  facts.clientFolders = [];
  for (const home of homes) facts.clientFolders.push(await readClientFolder(view, home));
  facts.enabledUnits = await readEnabledUnits(view);
  facts.sysctls = await readSysctls(view);
  facts.kernelCommandLine = await readKernelCommandLine(view);
  facts.kernelOptions = await readKernelOptions(view, info?.KernelVersion ?? version?.KernelVersion);
};
