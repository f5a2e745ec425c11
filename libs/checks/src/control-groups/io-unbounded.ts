import { ioBytesOf, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { describeBytes, describeLength, growth, oneSampleOnly, sinceEarlier } from './since-earlier.ts';

const bounds = ['BlkioDeviceReadBps', 'BlkioDeviceWriteBps', 'BlkioDeviceReadIOps', 'BlkioDeviceWriteIOps'] as const;

export default defineCheck({
  id: 'io-unbounded',
  theme: 'control-groups',
  severity: 'low',
  subject: 'container',
  title: 'Containers that read and write much have a bound on disk I/O',
  rationale:
    'All containers share the disks of the host. One that reads or writes without end makes every other wait, and wears out what it writes to.',
  remediation:
    'docker run --device-write-bps /dev/vda:20mb --device-read-bps /dev/vda:50mb …, or --blkio-weight 200 (compose: blkio_config: device_write_bps). daemon.json has no default for it.',
  decidedBy:
    'blkio_stats.io_service_bytes_recursive of two scans of the same run, per second, against maxBytesPerSecond; a bound in HostConfig.BlkioDevice… passes. Network file systems do not show, nor, on cgroup v1, what is written by way of the page cache; a short burst hides in a long pause.',
  needs: ['containers'],
  parameters: containerParameters.extend({
    maxBytesPerSecond: z
      .int()
      .positive()
      .default(50 * 1024 ** 2),
    minSecondsBetweenSamples: z.int().positive().default(60),
  }),
  sources: [
    'https://docs.docker.com/engine/containers/runmetrics/',
    'moby/moby api/swagger.yaml (ContainerBlkioStats)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'low' }, ({ container, inspect, up }) => {
      if (!up) return notApplicable('The container is not running');
      if (context.isWindows === true) return notApplicable('Windows counts I/O in another way');
      const hostConfig = inspect.HostConfig;
      const set = bounds.filter((field) => (hostConfig?.[field] ?? []).length > 0);
      if (set.length > 0)
        return pass(`Disk I/O of the container is bounded by ${set.join(', ')}`, [
          { source: 'HostConfig', value: set },
        ]);
      const unseen = bounds.find((field) => hostConfig?.[field] === undefined);
      const since = sinceEarlier(snapshot, container, inspect);
      if (since === undefined || since.seconds < parameters.minSecondsBetweenSamples)
        return oneSampleOnly('How much a container reads and writes');
      const bytes = growth(ioBytesOf(valueOf(container.stats)), since.earlier.ioBytes);
      if (bytes === undefined)
        return unknown(
          'What the container reads and writes is not counted',
          'The io controller for the container’s control group',
        );
      const rate = bytes / since.seconds;
      const described = `${describeBytes(rate)} a second over ${describeLength(since.seconds)}`;
      const evidence = [{ source: 'blkio_stats.io_service_bytes_recursive since the last scan', value: bytes }];
      if (rate <= parameters.maxBytesPerSecond) return pass(`The container reads and writes ${described}`, evidence);
      return unseen === undefined
        ? fail(`The container reads and writes ${described}, and no device bounds it`, evidence)
        : fieldNotSeen(`HostConfig.${unseen}`);
    });
  },
});
