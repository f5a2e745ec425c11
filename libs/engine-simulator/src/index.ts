export {
  issueCertificate,
  makeAuthority,
  type IssuedCertificate,
  type IssueOptions,
  type TestAuthority,
} from './certificates.ts';
export { type AnswerFault, type RequestFault, type SimulatedFaults } from './faults.ts';
export { startFleet, withContainers } from './fleet.ts';
export { EngineRecording, simulatedLabel } from './recording.ts';
export { sampleHostRecording } from './recordings.ts';
export { sampleHostFiles } from './sample-host-files.ts';
export { SimulatedFileTree, type SimulatedFile, type SimulatedFiles } from './simulated-files.ts';
export { SimulatedReaders, type SimulatedReader } from './simulated-readers.ts';
export {
  startSimulatedHost,
  type ReceivedRequest,
  type SimulatedHost,
  type SimulatedHostOptions,
} from './simulated-host.ts';
