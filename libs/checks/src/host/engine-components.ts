import type { EngineVersion } from '@plimsoll/snapshot';
import { type ComponentVersion, type Packaging, packagingOf, readVersion } from '../engine/component-version.ts';
import type { JudgingContext } from '../engine/context.ts';
import { bundledBuildkit } from './vulnerability-table/bundled-buildkit.ts';
import type { Component } from './vulnerability-table/shape.ts';

export const componentNames: Readonly<Record<Component, string>> = {
  moby: 'Docker Engine',
  containerd: 'containerd',
  runc: 'runc',
  buildkit: 'BuildKit',
};

export type SeenComponent =
  | {
      readonly kind: 'seen';
      /** As the engine writes it. */
      readonly text: string;
      readonly version: ComponentVersion;
      readonly packaging: Packaging;
      /** Where it was read. */
      readonly source: string;
    }
  | { readonly kind: 'not-seen'; readonly why: string };

/** Distributions that mend old releases without a new number; their own builds of the engine name no platform. */
const patchingSystem =
  /^(?:debian|ubuntu|red hat|centos|alma|rocky|oracle|amazon|suse|sles|opensuse|azure|common base|cbl)/i;
/** A package's number in place of a commit, as Ubuntu writes it: `24.0.7-0ubuntu2~22.04.1`. */
const packageNumber = /^\d+(?:\.\d+)+\S*(?:ubuntu|deb|dfsg|ds\d|el\d|fc\d|amzn)/i;

type Entry = NonNullable<NonNullable<EngineVersion['Components']>[number]>;

const entriesOf = (context: JudgingContext, name: string): readonly Entry[] =>
  (context.version?.Components ?? []).filter((entry) => entry.Name?.toLowerCase() === name);

const isVendorsEngine = (context: JudgingContext): boolean => {
  const platform = context.version?.Platform?.Name;
  if (platform === undefined) return false;
  if (/mirantis/i.test(platform)) return true;
  return platform === '' && patchingSystem.test(context.info?.OperatingSystem ?? '');
};

const seen = (context: JudgingContext, text: string | undefined, source: string, commit?: string): SeenComponent => {
  const version = readVersion(text);
  if (text === undefined || version === undefined)
    return { kind: 'not-seen', why: `${source} is ${text === undefined ? 'absent' : 'no release number'}` };
  const own = packagingOf(version);
  const isPatched = own === 'upstream' && (packageNumber.test(commit ?? '') || isVendorsEngine(context));
  return { kind: 'seen', text, version, packaging: isPatched ? 'patched' : own, source };
};

/**
 * A component as `/version` tells it; BuildKit by the engine that holds it. Where several entries have one name, or one
 * has no name, which of them runs is not known.
 */
export const componentOf = (context: JudgingContext, component: Component): SeenComponent => {
  if (component === 'moby') {
    const [entry] = entriesOf(context, 'engine');
    const text = context.version?.Version ?? context.info?.ServerVersion;
    return seen(context, text, 'version.Version', entry?.Details?.['GitCommit'] ?? context.version?.GitCommit);
  }
  if (component === 'buildkit') return bundledBuildkitOf(componentOf(context, 'moby'));
  const components = context.version?.Components;
  if (components === undefined) return { kind: 'not-seen', why: 'version.Components was not seen' };
  const [entry, second] = entriesOf(context, component);
  if (second !== undefined || (components ?? []).some(({ Name }) => Name === undefined))
    return { kind: 'not-seen', why: `version.Components does not say which ${component} runs` };
  if (entry === undefined) return { kind: 'not-seen', why: `version.Components lists no ${component}` };
  const source = `version.Components["${component}"].Version`;
  return seen(context, entry.Version, source, entry.Details?.['GitCommit']);
};

const bundledBuildkitOf = (engine: SeenComponent): SeenComponent => {
  if (engine.kind === 'not-seen') return engine;
  const text = bundledBuildkit.get(engine.version.preRelease === undefined ? plainNumber(engine.version) : engine.text);
  const version = readVersion(text);
  if (text === undefined || version === undefined)
    return { kind: 'not-seen', why: `which BuildKit is inside engine ${engine.text} is not in our table` };
  return { kind: 'seen', text, version, packaging: engine.packaging, source: `BuildKit inside engine ${engine.text}` };
};

/** As the table writes it: two digits for the minor number up to 20.10. */
const plainNumber = ({ numbers: [major = 0, minor = 0, patch = 0] }: ComponentVersion): string =>
  `${major}.${major < 23 ? String(minor).padStart(2, '0') : minor}.${patch}`;
