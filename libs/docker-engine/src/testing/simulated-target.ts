import { onTestFinished } from 'vitest';
import { type SimulatedHost, type SimulatedHostOptions, startSimulatedHost } from '@plimsoll/engine-simulator';
import { parseEngineAddress, selfHostedHostPolicy } from '../index.ts';
import type { EngineTarget } from '../index.ts';

/** A simulated host that ends with the test, and how to reach it. */
export const aSimulatedTarget = async (
  options: SimulatedHostOptions = {},
): Promise<{ host: SimulatedHost; target: EngineTarget }> => {
  const host = await startSimulatedHost(options);
  onTestFinished(() => host.close());
  return {
    host,
    target: { address: parseEngineAddress(host.url), tls: host.tls, policy: selfHostedHostPolicy },
  };
};
