import type { ContainerEntry } from '@plimsoll/snapshot';
import { containerSubject, repositoryOf } from './subjects.ts';

/**
 * Whether a name matches a pattern in which `*` stands for any text, `/` included. Written out rather than as a regular
 * expression: patterns come from tenants and names from hosts, and this never takes more than their product.
 */
export const matchesPattern = (name: string, pattern: string): boolean => {
  const [first, second] = [pattern.indexOf('*'), pattern.indexOf('*', 1)];
  if (first < 0) return name === pattern;
  // Nearly all patterns are of this form.
  if (first === 0 && second === pattern.length - 1 && second > 0) return name.includes(pattern.slice(1, -1));
  let inName = 0;
  let inPattern = 0;
  let star = -1;
  let afterStar = 0;
  while (inName < name.length) {
    if (pattern[inPattern] === '*') {
      star = inPattern;
      afterStar = inName;
      inPattern += 1;
    } else if (inPattern < pattern.length && pattern[inPattern] === name[inName]) {
      inPattern += 1;
      inName += 1;
    } else if (star >= 0) {
      afterStar += 1;
      inName = afterStar;
      inPattern = star + 1;
    } else return false;
  }
  while (pattern[inPattern] === '*') inPattern += 1;
  return inPattern === pattern.length;
};

/** What a policy may call a container by: its name, its compose or swarm service, its image with or without tag. */
export const policyNamesOf = (container: ContainerEntry): string[] => {
  const { lastingName } = containerSubject(container);
  const service = lastingName.replace(/^(?:service|compose):/, '');
  const names = [container.name, lastingName, service];
  if (container.image !== undefined) names.push(container.image, repositoryOf(container.image));
  return names;
};

/** Whether a policy's list of patterns means this container. */
export const isMeantBy = (patterns: readonly string[], container: ContainerEntry): boolean =>
  patterns.length > 0 &&
  policyNamesOf(container).some((name) => patterns.some((pattern) => matchesPattern(name, pattern)));
