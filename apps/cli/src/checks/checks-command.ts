import { catalogue, catalogueVersion, themes } from '@plimsoll/checks';
import { Command, Option } from 'commander';
import { CommandFailed } from '../output/command-failed.ts';

/** Lists the catalogue, or explains one check. */
export const checksCommand = (): Command =>
  new Command('checks')
    .description('List the checks, or explain one')
    .argument('[check]', 'id of a check')
    .addOption(new Option('--theme <theme>', 'only the checks of a theme').choices([...themes]))
    .option('--json', 'as JSON', false)
    .action((id: string | undefined, { theme, json }: { theme?: string; json: boolean }) => {
      const chosen = catalogue.filter(
        (check) => (id === undefined || check.id === id) && (theme === undefined || check.theme === theme),
      );
      if (id !== undefined && chosen.length === 0)
        throw new CommandFailed('check-not-found', `There is no check "${id}".`, {
          fix: 'List them: plimsoll checks',
          exitCode: 2,
        });
      const text = json ? asJson(chosen) : id === undefined ? asList(chosen) : asPage(chosen);
      process.stdout.write(`${text}\n`);
    });

type Checks = typeof catalogue;

const asJson = (checks: Checks): string =>
  JSON.stringify(
    {
      catalogueVersion,
      checks: checks.map(({ evaluate: _evaluate, parameters, ...check }) => ({
        ...check,
        parameters: parameters.parse({}),
      })),
    },
    null,
    2,
  );

const asList = (checks: Checks): string => {
  const width = Math.max(0, ...checks.map(({ id }) => id.length));
  return themes
    .flatMap((theme) => {
      const ofTheme = checks.filter((check) => check.theme === theme);
      if (ofTheme.length === 0) return [];
      const lines = ofTheme.map(
        ({ id, severity, title, cis }) =>
          `  ${id.padEnd(width)}  ${severity.padEnd(8)}  ${(cis?.['1.6.0'] ?? '').padEnd(5)}  ${title}`,
      );
      return [`${theme} (${ofTheme.length})`, ...lines, ''];
    })
    .concat(`${checks.length} checks, catalogue ${catalogueVersion}. The number is the CIS Docker Benchmark's, 1.6.0.`)
    .join('\n');
};

const asPage = (checks: Checks): string =>
  checks
    .map(({ id, title, severity, theme, cis, rationale, decidedBy, remediation, sources }) =>
      [
        title,
        `${id}  ·  ${severity}  ·  ${theme}${
          cis === undefined
            ? ''
            : `  ·  CIS ${Object.entries(cis)
                .map(([version, number]) => `${number} (${version})`)
                .join(', ')}`
        }`,
        '',
        `Why      ${rationale}`,
        `Decided  ${decidedBy}`,
        `Fix      ${remediation}`,
        '',
        ...sources.map((source) => `- ${source}`),
      ].join('\n'),
    )
    .join('\n\n');
