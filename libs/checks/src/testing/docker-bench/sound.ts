/** Tests of docker-bench-security in which no error is known where they decide, by our check's id, and what they leave out. */
export const soundTests: Readonly<Record<string, string>> = {
  'no-aufs-storage-driver': 'It reads the driver in the answer of the engine.',
  'docker-configuration-folder-owner': 'It compares user and group of /etc/docker.',
  'default-docker-file-owner': 'It compares user and group by name.',
  'sysconfig-docker-file-owner': 'It compares user and group by name.',
};
