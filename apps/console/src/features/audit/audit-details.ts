import type { AuditEvent } from '../../api/generated/types.gen.ts';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** `{ changes: { name: { from: 'a', to: 'b' } }, reason: null }` → `name: a → b`; what is null is left out. */
export const detailLines = (details: AuditEvent['details']): string[] => linesOf('', details);

const linesOf = (path: string, value: unknown): string[] => {
  if (value === null || value === undefined) return [];
  if (!isRecord(value)) return [`${path}: ${textOf(value)}`];
  if ('from' in value && 'to' in value) return [`${path}: ${textOf(value['from'])} → ${textOf(value['to'])}`];
  return Object.entries(value).flatMap(([name, inner]) => {
    const known = path === '' || path === 'changes' ? name : `${path}.${name}`;
    return linesOf(known, inner);
  });
};
