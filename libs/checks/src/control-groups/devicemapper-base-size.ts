import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { judgeConfigured } from '../engine/configured-option.ts';
import { aboutDaemon, infoNotSeen } from '../engine/daemon.ts';
import { fail, notApplicable, pass } from '../engine/verdict.ts';

/** 10 GiB, as the driver prints its default. */
const defaultSize = '10.74GB';
const storageOptions = { flags: ['--storage-opt'], key: 'storage-opts' };
const withoutSpaces = (size: string): string => size.replaceAll(' ', '');

export default defineCheck({
  id: 'devicemapper-base-size',
  theme: 'control-groups',
  severity: 'low',
  subject: 'daemon',
  cis: { '1.6.0': '2.11', '1.7.0': '2.11', '1.8.0': '2.12' },
  cisLevel: 2,
  title: 'The base device size of devicemapper is left at its default',
  rationale:
    'The base size is what every container may write. Raised, one container fills the pool that all share, and the service of all the others with it.',
  remediation:
    'Remove dm.basesize from "storage-opts" in daemon.json and restart. Better, move to overlay2: devicemapper is gone since engine 25.0.',
  decidedBy:
    'info.DriverStatus "Base Device Size" where info.Driver is devicemapper; 10.74GB is the default of 10 GiB. Where it does not show, the option dm.basesize on the command line of docker.service and in daemon.json. No other driver is asked.',
  needs: ['info'],
  parameters: z.strictObject({
    /** A size that was chosen on purpose, as /info prints it, e.g. `21.47GB`. */
    confirmedSize: z.string().nullable().default(null),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 2.11',
    'moby/moby v20.10.24 daemon/graphdriver/devmapper',
    'docker/cli docs/deprecated.md',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* aboutDaemon(context, {}, (info) => {
      if (info.Driver === undefined || info.Driver === '') return infoNotSeen('Driver');
      const driver = { source: 'info.Driver', value: info.Driver };
      if (
        !info.Driver.toLowerCase()
          .split(/[^a-z0-9_-]+/)
          .includes('devicemapper')
      )
        return notApplicable(`The storage driver is ${info.Driver}`, [driver]);
      const size = info.DriverStatus?.find(([key]) => key === 'Base Device Size')?.[1];
      const untold = 'The engine does not show the base device size';
      if (size === undefined)
        return judgeConfigured(
          { snapshot, context, option: storageOptions, untold, evidence: [driver] },
          (values, all) => {
            const chosen = values?.findLast((value) => value.startsWith('dm.basesize='));
            return chosen === undefined
              ? pass('The base device size is left at its default', all)
              : fail(`The base device size was changed: ${chosen}`, all);
          },
        );
      const evidence = [driver, { source: 'info.DriverStatus["Base Device Size"]', value: size }];
      if (withoutSpaces(size) === defaultSize) return pass('The base device size is the default', evidence);
      return parameters.confirmedSize !== null && withoutSpaces(size) === withoutSpaces(parameters.confirmedSize)
        ? pass(`The base device size ${size} was chosen on purpose`, evidence)
        : fail(`The base device size is ${size} and not the default`, evidence);
    });
  },
});
