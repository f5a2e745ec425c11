import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { aboutDaemon, infoNotSeen } from '../engine/daemon.ts';
import { fail, pass } from '../engine/verdict.ts';

export default defineCheck({
  id: 'no-aufs-storage-driver',
  theme: 'host',
  severity: 'low',
  subject: 'daemon',
  cis: { '1.6.0': '2.6', '1.7.0': '2.6', '1.8.0': '2.6' },
  cisLevel: 1,
  title: 'No abandoned storage driver is in use',
  rationale:
    'The aufs driver rests on a patch that never became part of the kernel and is known for crashes; nobody mends it, and the engine dropped it in 24.0.',
  remediation:
    'Save the images, set "storage-driver": "overlay2" in daemon.json, restart, load them again: docker save -o images.tar IMAGE…; systemctl restart docker; docker load -i images.tar.',
  decidedBy:
    'The words of info.Driver against the parameter deprecatedDrivers (aufs alone, unless a policy names more).',
  needs: ['info'],
  parameters: z.strictObject({
    /** e.g. devicemapper, overlay, vfs */
    deprecatedDrivers: z.array(z.string()).default(['aufs']),
  }),
  sources: ['CIS Docker Benchmark 1.6.0, 2.6', 'docker/cli docs/deprecated.md', 'moby/moby daemon/graphdriver'],
  *evaluate({ context, parameters }) {
    yield* aboutDaemon(context, {}, (info) => {
      if (info.Driver === undefined || info.Driver === '') return infoNotSeen('Driver');
      const evidence = [{ source: 'info.Driver', value: info.Driver }];
      // Old engines with several drivers write "windowsfilter (windows) aufs (linux)".
      const words = info.Driver.toLowerCase().split(/[^a-z0-9_-]+/);
      const found = parameters.deprecatedDrivers.find((driver) => words.includes(driver.toLowerCase()));
      return found === undefined
        ? pass(`The storage driver is ${info.Driver}`, evidence)
        : fail(`The storage driver ${found} is in use`, evidence);
    });
  },
});
