import { Option } from 'commander';

/** Off unless asked for: the one thing that a scan makes on a host, if only for seconds. */
export const hostFilesOption = (): Option =>
  new Option(
    '--host-files',
    'also read the few files of the host that checks ask for: makes one container from an image that is there, with ' +
      'read-only mounts and no network, never starts it, and deletes it (one create and one delete on the host)',
  )
    .default(false)
    .conflicts('fromSnapshot');
