export { type Judged, complianceOf } from './compliance.ts';
export { toResultDocument } from './result-document.ts';
export { toSarif } from './sarif.ts';
export { type HostFacts, type ScanReport, compareResults, missingPartsOf, scanReport } from './scan-report.ts';
export { settingHintOf } from './setting-hint.ts';
