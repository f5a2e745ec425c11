import { catalogue } from '@plimsoll/checks';
import { type Benchmark, type Severity, benchmarks, severities } from '@plimsoll/contracts';
import { type ScanReport, toSarif } from '@plimsoll/reports';
import type { HostSnapshot } from '@plimsoll/snapshot';
import { Command, Option } from 'commander';
import { CommandFailed, printable } from '../output/command-failed.ts';
import { renderReport } from '../output/result-table.ts';
import { writeResult } from '../output/write-result.ts';
import { terminal } from '../output/terminal.ts';
import { readSnapshotFile } from '../snapshot/snapshot-file.ts';
import { hostFilesOption } from './host-files-option.ts';
import { readGivenParameters } from './given-parameters.ts';
import { readHost } from './read-host.ts';
import { type HostScan, judgeSnapshot } from './scan-host.ts';

interface ScanOptions {
  tlsDir?: string;
  context?: string;
  fromSnapshot?: string;
  format: 'table' | 'json' | 'sarif';
  output?: string;
  failOn?: Severity;
  processLists: boolean;
  hostFiles: boolean;
  all: boolean;
  parameter: string[];
  parameters?: string;
  benchmark?: Benchmark;
}

const exitCodes = `
Exit codes:
  0  scanned; without --fail-on whatever was found, with it nothing that severe
  1  scanned; --fail-on found something
  2  could not scan, or with --fail-on not everything: nothing passes that was not seen

Examples:
  plimsoll scan                                    the daemon of this machine
  plimsoll scan tcp://build-7:2376 --tls-dir certs mutual TLS with certs/{ca,cert,key}.pem
  plimsoll scan --context production --format sarif --output plimsoll.sarif
  plimsoll scan --fail-on high                     for pipelines
  plimsoll scan --from-snapshot build-7.json       what plimsoll snapshot has written`;

export const scanCommand = (): Command =>
  new Command('scan')
    .description('Scan one Docker host: no server, no database, nothing changed on the host')
    .argument('[address]', 'tcp://HOST:PORT or unix:///PATH; else DOCKER_HOST, the Docker context, the default socket')
    .option('--tls-dir <folder>', 'folder with ca.pem, cert.pem and key.pem; else DOCKER_CERT_PATH')
    .option('--context <name>', 'a context of the Docker client')
    .option('--from-snapshot <file>', 'judge what `plimsoll snapshot` has written, with no contact to any host')
    .addOption(
      new Option('--format <format>', 'how to print the result').choices(['table', 'json', 'sarif']).default('table'),
    )
    .option('--output <file>', 'write the result to a file instead of the terminal')
    .addOption(
      new Option('--fail-on <severity>', 'exit with 1 for a failure this severe or worse').choices([...severities]),
    )
    .option('--no-process-lists', 'do not ask for process lists, the only read that the host writes an event for')
    .addOption(hostFilesOption())
    .option('--all', 'in the table, also what could not be told, what passed and what does not apply', false)
    .option(
      '--parameter <check.name=value>',
      'judge with another value than the check’s own, as JSON or plain text; repeatable',
      (value: string, earlier: string[]) => [...earlier, value],
      [],
    )
    .option('--parameters <file>', 'the same from a JSON file: {"check-id": {"name": value}}')
    .addOption(
      new Option('--benchmark <benchmark>', 'also show how the host stands by a benchmark').choices([...benchmarks]),
    )
    .addHelpText('after', exitCodes)
    .action(async (address: string | undefined, options: ScanOptions) => {
      // Before the host is asked for anything: a mistake in the call is told at once.
      readGivenParameters(options, catalogue);
      const scan = judgeSnapshot(await snapshotFor(address, options), options);
      print(scan, options);
      warnOfMissingParts(scan.report, options);
      process.exitCode = exitCodeOf(scan.report, options.failOn);
    });

const snapshotFor = async (address: string | undefined, options: ScanOptions): Promise<HostSnapshot> => {
  const { fromSnapshot, tlsDir, context, processLists, hostFiles } = options;
  if (fromSnapshot === undefined) return readHost({ address, tlsDir, context }, { processLists, hostFiles });
  if (address === undefined && context === undefined) return readSnapshotFile(fromSnapshot);
  throw new CommandFailed('ambiguous-host', 'Both a snapshot and a host were given.', {
    fix: 'Give --from-snapshot alone, or an address.',
    exitCode: 2,
  });
};

const print = ({ report, checks }: HostScan, { format, output, all }: ScanOptions): void => {
  const text =
    format === 'json'
      ? JSON.stringify(report, null, 2)
      : format === 'sarif'
        ? JSON.stringify(toSarif(report, checks), null, 2)
        : renderReport(report, { all, width: terminal.width(), colour: output === undefined && terminal.hasColour() });
  if (output === undefined) process.stdout.write(`${text}\n`);
  else writeResult(output, `${text}\n`);
};

/** The table names them itself; whoever reads another format, or a file, must not miss them. */
const warnOfMissingParts = ({ missingParts }: ScanReport, { format, output }: ScanOptions): void => {
  if (format === 'table' && output === undefined) return;
  for (const { part, reason, detail } of missingParts)
    process.stderr.write(`${printable(`warning  Not read: ${part} (${reason}: ${detail})`)}\n`);
};

const exitCodeOf = (report: ScanReport, failOn: Severity | undefined): 0 | 1 | 2 => {
  if (failOn === undefined) return 0;
  const tooBad = severities.slice(0, severities.indexOf(failOn) + 1);
  if (tooBad.some((severity) => report.summary.failures[severity] > 0)) return 1;
  return report.missingParts.length > 0 ? 2 : 0;
};
