import { writeFileSync } from 'node:fs';
import { severities, type Severity } from '@plimsoll/contracts';
import { type ScanReport, toSarif } from '@plimsoll/reports';
import { Command, Option } from 'commander';
import { CommandFailed, printable } from '../output/command-failed.ts';
import { renderReport } from '../output/result-table.ts';
import { terminal } from '../output/terminal.ts';
import { findEndpoint } from './docker-endpoint.ts';
import { type HostScan, scanHost } from './scan-host.ts';

interface ScanOptions {
  tlsDir?: string;
  context?: string;
  format: 'table' | 'json' | 'sarif';
  output?: string;
  failOn?: Severity;
  processLists: boolean;
  all: boolean;
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
  plimsoll scan --fail-on high                     for pipelines`;

export const scanCommand = (): Command =>
  new Command('scan')
    .description('Scan one Docker host: no server, no database, nothing changed on the host')
    .argument('[address]', 'tcp://HOST:PORT or unix:///PATH; else DOCKER_HOST, the Docker context, the default socket')
    .option('--tls-dir <folder>', 'folder with ca.pem, cert.pem and key.pem; else DOCKER_CERT_PATH')
    .option('--context <name>', 'a context of the Docker client')
    .addOption(
      new Option('--format <format>', 'how to print the result').choices(['table', 'json', 'sarif']).default('table'),
    )
    .option('--output <file>', 'write the result to a file instead of the terminal')
    .addOption(
      new Option('--fail-on <severity>', 'exit with 1 for a failure this severe or worse').choices([...severities]),
    )
    .option('--no-process-lists', 'do not ask for process lists, the only read that the host writes an event for')
    .option('--all', 'in the table, also what could not be told, what passed and what does not apply', false)
    .addHelpText('after', exitCodes)
    .action(async (address: string | undefined, options: ScanOptions) => {
      const interrupted = new AbortController();
      process.once('SIGINT', () => interrupted.abort());
      const endpoint = findEndpoint({ address, tlsDir: options.tlsDir, context: options.context }, process.env);
      const scan = await scanHost({
        endpoint,
        processLists: options.processLists,
        signal: interrupted.signal,
        onProgress: terminal.progress,
      }).finally(terminal.endProgress);
      print(scan, options);
      warnOfMissingParts(scan.report, options);
      process.exitCode = exitCodeOf(scan.report, options.failOn);
    });

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

const writeResult = (path: string, text: string): void => {
  try {
    writeFileSync(path, text);
  } catch (cause) {
    throw new CommandFailed('result-not-written', `The result could not be written to ${path}.`, {
      why: cause instanceof Error ? cause.message : String(cause),
      fix: 'Give --output a file in a folder that exists and that you may write to.',
      exitCode: 2,
      cause,
    });
  }
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
