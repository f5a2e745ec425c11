import { variables } from './variables.ts';
import type { Variable } from './variables.ts';

/** The table of docs/configuration.md: a row per variable, in Markdown. */
export function renderVariablesTable(): string {
  const rows = variables.map((variable) => {
    const { name, secret } = variable;
    const names = secret ? `\`${name}\`, \`${name}_FILE\`` : `\`${name}\``;
    return `| ${names} | ${defaultOf(variable)} | ${variable.description} |`;
  });
  return ['| Variable | Default | What it is for |', '| --- | --- | --- |', ...rows].join('\n');
}

function defaultOf(variable: Variable): string {
  if (variable.defaultText !== undefined) return variable.defaultText;
  const value = variable.schema.safeParse(undefined).data;
  if (typeof value === 'boolean') return value ? '`on`' : '`off`';
  if (Array.isArray(value)) return 'none';
  return typeof value === 'string' || typeof value === 'number' ? `\`${value}\`` : 'none';
}
