export {
  connectGuarded,
  guardedAgent,
  guardedConnector,
  resolveGuarded,
  type GuardedAddress,
  type GuardOptions,
  type ResolveName,
} from './address-guard.ts';
export {
  classifyAddress,
  selfHostedHostPolicy,
  webhookPolicy,
  type AddressClass,
  type AddressPolicy,
} from './address-policy.ts';
export {
  allowedRequests,
  processColumns,
  requestTarget,
  type AllowedRequest,
  type AllowedRequestName,
  type MetadataRequestName,
} from './allowed-requests.ts';
export { compareApiVersions, newestApiVersion, oldestApiVersion } from './api-version.ts';
export { certificateFacts, certificatesOf } from './certificate-facts.ts';
export { toEngineError } from './classify-failure.ts';
export {
  connectionSteps,
  testConnection,
  type ConnectedEngine,
  type ConnectionReport,
  type ConnectionStep,
} from './connection-test.ts';
export type { ArchiveEntry, ArchiveLimits } from './archive-reader.ts';
export { EngineClient, type EngineClientOptions, type PingFacts } from './engine-client.ts';
export type { ReadOptions } from './engine-transport.ts';
export type { FoundReader, HostFileContainerRequest, HostFileSource } from './host-file-container.ts';
export type { HostFileContainer, HostFileDoor } from './host-file-door.ts';
export type { PathStat } from './path-stat.ts';
export {
  defaultConnectionLimits,
  type ConnectionFacts,
  type ConnectionLimits,
  type EngineTarget,
} from './engine-connection.ts';
export { formatEngineAddress, parseEngineAddress, type EngineAddress } from './engine-address.ts';
export { EngineError, engineErrorReasons, quoteHostText, type EngineErrorReason } from './engine-error.ts';
export { explainEngineError, type EngineErrorExplanation } from './explain-engine-error.ts';
export { probeEndpoint, type ProbeOptions } from './probe-endpoint.ts';
export {
  parseTlsMaterial,
  tlsMaterialReasons,
  type TlsMaterial,
  type TlsMaterialFacts,
  type TlsMaterialField,
  type TlsMaterialProblem,
  type TlsMaterialReason,
  type TlsMaterialVerdict,
} from './tls-material.ts';
