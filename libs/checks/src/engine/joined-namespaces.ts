import type { ContainerEntry, HostConfig } from '@plimsoll/snapshot';
import { valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import type { JudgingContext } from './context.ts';

const sortedIds = new WeakMap<JudgingContext, readonly string[]>();
/** The engine itself takes shorter ones; a name of few letters is more often a name. */
const shortestIdStart = 6;

/**
 * The container that `container:…` means: an id is tried before a name, for the engine has stored ids for years and very
 * old records hold names; then the beginning of one id alone.
 */
export const containerNamed = (context: JudgingContext, reference: string): ContainerEntry | undefined => {
  const name = reference.replace(/^\//, '');
  const found = context.containerById.get(name) ?? context.containerByName.get(name);
  if (found !== undefined || name.length < shortestIdStart) return found;
  const ids = sortedIds.get(context) ?? [...context.containerById.keys()].toSorted();
  sortedIds.set(context, ids);
  let low = 0;
  for (let high = ids.length; low < high;) {
    const middle = (low + high) >> 1;
    if ((ids[middle] ?? '') < name) low = middle + 1;
    else high = middle;
  }
  const [first, second] = [ids[low], ids[low + 1]];
  if (first === undefined || !first.startsWith(name) || second?.startsWith(name) === true) return undefined;
  return context.containerById.get(first);
};

/** How many containers a chain of `container:…` may have before it is given up as not traceable. */
export const MaxChain = z.int().min(1).max(64).default(8);

/** Where a container's namespace comes from, and the names of the containers on the way there. */
export type NamespaceOrigin =
  | { readonly kind: 'host'; readonly chain: readonly string[] }
  /** `mode` is that of the container at the end of the chain. */
  | { readonly kind: 'other'; readonly mode: string; readonly chain: readonly string[]; readonly end: ContainerEntry }
  | { readonly kind: 'not-traced'; readonly why: string; readonly chain: readonly string[] };

/**
 * Follows `container:<id or name>` to the container whose namespace is really used.
 * @param modeOf reads the mode of one container; `host` ends the chain at the host
 */
export const namespaceOrigin = (
  context: JudgingContext,
  start: ContainerEntry,
  modeOf: (hostConfig: HostConfig, container: ContainerEntry) => string | undefined,
  maxChain: number,
): NamespaceOrigin => {
  const first = valueOf(start.inspect)?.HostConfig;
  const own = first && modeOf(first, start);
  // Nearly every container: nothing to follow.
  if (own !== undefined && own !== 'host' && !own.includes(':'))
    return { kind: 'other', mode: own, chain: [start.name], end: start };
  const chain: string[] = [];
  const seen = new Set<string>();
  let container = start;
  for (;;) {
    const hostConfig = valueOf(container.inspect)?.HostConfig;
    const mode = hostConfig && modeOf(hostConfig, container);
    chain.push(container.name);
    seen.add(container.id);
    const notTraced = (why: string): NamespaceOrigin => ({ kind: 'not-traced', why, chain });
    if (mode === undefined) return notTraced(`the mode of ${container.name} was not seen`);
    if (mode === 'host') return { kind: 'host', chain };
    if (mode.startsWith('ns:')) return notTraced(`${mode} names a file whose namespace the engine does not tell`);
    if (!mode.startsWith('container:')) return { kind: 'other', mode, chain, end: container };
    const donor = containerNamed(context, mode.slice('container:'.length));
    if (donor === undefined) return notTraced(`${mode} is no container of this host any more`);
    if (seen.has(donor.id)) return notTraced(`${donor.name} is joined to itself by way of ${chain.join(' → ')}`);
    if (chain.length >= maxChain) return notTraced(`more than ${maxChain} containers are joined one to another`);
    container = donor;
  }
};

/** A container that was connected to the predefined network `host` shares it, whatever its mode says. */
export const networkModeOf = ({ NetworkMode }: HostConfig, { inspect }: ContainerEntry): string | undefined => {
  const networks = valueOf(inspect)?.NetworkSettings?.Networks;
  if (NetworkMode === 'host' || Object.hasOwn(networks ?? {}, 'host')) return 'host';
  return networks === undefined ? undefined : NetworkMode;
};

/** The longest chain that is followed where a check has no parameter for it. */
export const usualMaxChain = 8;
