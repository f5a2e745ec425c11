import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { describeBytes, describeLength, secondsSinceEarlier } from './since-earlier.ts';

const day = 86_400;

export default defineCheck({
  id: 'disk-growth',
  theme: 'control-groups',
  severity: 'medium',
  subject: 'container',
  title: 'Containers do not fill the disk of the host through their writable layer',
  rationale:
    'What a container writes beside its volumes lies on the disk of the engine, with no bound in most set-ups. A full disk stops every container and the engine itself.',
  remediation:
    'Write data to volumes, and bound the rest: docker run --read-only --tmpfs /tmp:size=64m …, or --storage-opt size=10G where the storage driver can (compose: read_only: true, tmpfs, storage_opt). daemon.json: "storage-opts": ["overlay2.size=10G"] on xfs with project quotas.',
  decidedBy:
    'SizeRw of the container against maxWritableBytes, and its growth since the last scan against maxGrowthBytesPerDay. The size is not asked for in every scan, since the engine walks all files for it. Logs, volumes and memory-backed mounts are no part of it.',
  needs: ['containers'],
  parameters: containerParameters.extend({
    maxWritableBytes: z
      .int()
      .positive()
      .default(10 * 1024 ** 3),
    maxGrowthBytesPerDay: z
      .int()
      .positive()
      .default(2 * 1024 ** 3),
    /** Growth over less than this says nothing about a day. */
    minHoursBetweenSamples: z.number().positive().default(1),
  }),
  sources: [
    'https://docs.docker.com/engine/storage/drivers/',
    'moby/moby api/swagger.yaml (/system/df, ContainerSummary.SizeRw)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const sample = snapshot.earlier;
    const seconds = secondsSinceEarlier(snapshot);
    yield* eachContainer(
      snapshot,
      { ...parameters, severity: 'medium', aboutStart: false },
      ({ container, inspect }) => {
        const readOnly = inspect.HostConfig?.ReadonlyRootfs;
        if (readOnly === undefined) return fieldNotSeen('HostConfig.ReadonlyRootfs');
        if (readOnly) return notApplicable('The root file system of the container is read-only');
        const size = inspect.SizeRw;
        if (size === undefined)
          return unknown(
            'The size of the writable layer was not asked for, or the storage driver can not tell it',
            'A scan that asks for sizes',
          );
        const evidence = [
          { source: 'SizeRw', value: size },
          { source: 'info.Driver', value: context.info?.Driver ?? null },
        ];
        if (size >= parameters.maxWritableBytes)
          return fail(`The writable layer holds ${describeBytes(size)}`, evidence);
        // A layer lasts from creation to removal, restarts included: the id is enough to compare.
        const before =
          sample !== undefined && Object.hasOwn(sample.containers, container.id)
            ? sample.containers[container.id]?.sizeRw
            : undefined;
        if (before === undefined || seconds === undefined || seconds < parameters.minHoursBetweenSamples * 3600)
          return unknown(
            `The writable layer holds ${describeBytes(size)}; how fast it grows shows only between two scans`,
            'The next scan that asks for sizes',
            evidence,
          );
        const perDay = ((size - before) / seconds) * day;
        return perDay >= parameters.maxGrowthBytesPerDay
          ? fail(
              `The writable layer grew by ${describeBytes(size - before)} in ${describeLength(seconds)}, to ${describeBytes(size)}`,
              [...evidence, { source: 'SizeRw at the last scan', value: before }],
            )
          : pass(`The writable layer holds ${describeBytes(size)} and hardly grows`, evidence);
      },
    );
  },
});
