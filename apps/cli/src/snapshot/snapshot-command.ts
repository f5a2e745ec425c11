import { Command } from 'commander';
import { writeResult } from '../output/write-result.ts';
import { hostFilesOption } from '../scan/host-files-option.ts';
import { readHost } from '../scan/read-host.ts';

interface SnapshotOptions {
  tlsDir?: string;
  context?: string;
  output?: string;
  processLists: boolean;
  hostFiles: boolean;
}

/** Writes what a scan sees of a host, redacted: to be judged elsewhere, later, or again by newer checks. */
export const snapshotCommand = (): Command =>
  new Command('snapshot')
    .description('Write what a scan sees of one Docker host to a file: judge it anywhere with scan --from-snapshot')
    .argument('[address]', 'tcp://HOST:PORT or unix:///PATH; else DOCKER_HOST, the Docker context, the default socket')
    .option('--tls-dir <folder>', 'folder with ca.pem, cert.pem and key.pem; else DOCKER_CERT_PATH')
    .option('--context <name>', 'a context of the Docker client')
    .option('--output <file>', 'write the snapshot to a file instead of the terminal')
    .option('--no-process-lists', 'do not ask for process lists, the only read that the host writes an event for')
    .addOption(hostFilesOption())
    .action(async (address: string | undefined, { tlsDir, context, output, ...settings }: SnapshotOptions) => {
      const text = `${JSON.stringify(await readHost({ address, tlsDir, context }, settings))}\n`;
      if (output === undefined) process.stdout.write(text);
      else writeResult(output, text);
    });
