/**
 * A simulated host in a process of its own, so that a client that is measured does not share its processor core with
 * the server. Started by `startHostProcess`; the argument is the number of containers.
 */
import { sampleHostRecording, startSimulatedHost, withContainers } from '@plimsoll/engine-simulator';

const containers = Number(process.argv[2]);
const { url, tls } = await startSimulatedHost({ recording: withContainers(await sampleHostRecording(), containers) });
process.send?.({ url, tls });
process.on('disconnect', () => process.exit(0));
