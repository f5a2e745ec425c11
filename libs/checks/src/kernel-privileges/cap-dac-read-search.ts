import { defineCheck } from '../engine/check.ts';
import { type JudgedContainer, eachContainer } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { hostPathsOf } from '../engine/host-paths.ts';
import { isWithin } from '../engine/paths.ts';
import { pass } from '../engine/verdict.ts';
import {
  capabilityEvidence,
  capabilityParameters,
  causeOfHolding,
  failHolding,
  judgeCapabilities,
} from './held-capabilities.ts';

const backup = 'it is a backup: mount the folders read-only instead';

/** File systems of their own on every host: a handle to a file in them opens nothing of the disk. */
const ownFileSystems = ['/dev', '/proc', '/run', '/sys'];

const bindOfTheDisk = ({ inspect }: JudgedContainer, context: JudgingContext) =>
  hostPathsOf(inspect, context)?.paths.find(({ path }) => !ownFileSystems.some((folder) => isWithin(path, folder)));

export default defineCheck({
  id: 'cap-dac-read-search',
  theme: 'kernel-privileges',
  severity: 'high',
  subject: 'container',
  title: 'No container holds DAC_READ_SEARCH',
  rationale:
    'With this capability a process opens files by their number instead of their name, anywhere on a file system of which it has one mounted piece. Every container has such a piece: /etc/hosts comes from the data root of the engine. The built-in seccomp profile opens the call along with the capability.',
  remediation:
    'Create the container again without --cap-add DAC_READ_SEARCH (compose: cap_add); run it as the owner of the files (--user), or mount them read-only. There is no key for it in daemon.json.',
  decidedBy:
    'DAC_READ_SEARCH among the capabilities that HostConfig.CapAdd and CapDrop leave; critical together with DAC_OVERRIDE and a folder of the host’s disk among Mounts. Two steps less inside a user namespace, one for a user other than root under no-new-privileges. container-capabilities reports the same right, and is the cause.',
  needs: ['containers'],
  parameters: capabilityParameters({ '*/restic*': backup, '*borg*': backup, '*duplicati*': backup }),
  sources: ['man 2 open_by_handle_at', 'man 7 capabilities', 'moby/profiles seccomp/default_linux.go'],
  *evaluate({ snapshot, context, parameters: { explainedImages, ...parameters } }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'high' }, (judged) =>
      judgeCapabilities(context, judged, (names) => {
        if (!names.has('DAC_READ_SEARCH'))
          return pass('The container does not hold DAC_READ_SEARCH', capabilityEvidence(judged));
        const piece = names.has('DAC_OVERRIDE') ? bindOfTheDisk(judged, context) : undefined;
        const where =
          piece === undefined
            ? 'the file system that holds the data of the engine'
            : `the file system of ${piece.path}, and with DAC_OVERRIDE write to it`;
        return failHolding(context, judged, {
          reason: `The container holds DAC_READ_SEARCH: it may read any file on ${where}`,
          severity: piece === undefined ? 'high' : 'critical',
          explainedImages,
          evidence: piece === undefined ? [] : [piece.evidence],
          causedBy: causeOfHolding(['DAC_READ_SEARCH']),
        });
      }),
    );
  },
});
