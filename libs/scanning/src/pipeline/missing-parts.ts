import type { MissingPart } from '@plimsoll/contracts';
import { quoteHostText } from '@plimsoll/docker-engine';
import { missingPartsOf } from '@plimsoll/reports';
import { type HostSnapshot, type Missing, type Part, isMissing, valueOf } from '@plimsoll/snapshot';
import type { z } from 'zod';

type MissingPart = z.infer<typeof MissingPart>;

const namedLimit = 50;

/** Everything that a scan could not read though it should have, by name: whole parts, and single things in them. */
export const everyMissingPart = (snapshot: HostSnapshot): MissingPart[] => {
  const single = [
    ...(valueOf(snapshot.containers) ?? []).flatMap(({ name, inspect }) =>
      unread(`containers/${quoteHostText(name)}`, inspect),
    ),
    ...(valueOf(snapshot.images) ?? []).flatMap(({ id, repoTags, inspect, history }) => {
      const name = `images/${quoteHostText(repoTags[0] ?? id)}`;
      return [...unread(name, inspect), ...unread(`${name}/history`, history)];
    }),
  ];
  const parts = [...missingPartsOf(snapshot), ...single];
  const others = parts.length - namedLimit;
  const named = parts.slice(0, namedLimit).map((part) => ({ ...part, detail: quoteHostText(part.detail) }));
  return others <= 0
    ? named
    : [...named, { part: 'others', reason: 'too-many', detail: `${others} more things could not be read.` }];
};

const deliberate: ReadonlySet<Missing['missing']> = new Set(['not-supported', 'not-requested']);

const unread = (part: string, candidate: Part<unknown>): MissingPart[] =>
  isMissing(candidate) && !deliberate.has(candidate.missing)
    ? [{ part, reason: candidate.missing, detail: candidate.detail }]
    : [];

/** Where nothing that makes a host could be read, the scan has learnt nothing: why, or undefined. */
export const nothingRead = ({ info, version, containers, images }: HostSnapshot): Missing | undefined =>
  isMissing(info) && isMissing(version) && isMissing(containers) && isMissing(images) ? info : undefined;
