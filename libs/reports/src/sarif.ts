import type { Check } from '@plimsoll/checks';
import type { CheckResultDocument, Severity } from '@plimsoll/contracts';
import type { ScanReport } from './scan-report.ts';

const level: Record<Severity, 'error' | 'warning' | 'note'> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};
/** GitHub and others rank by this number (0 to 10), as they do for CVSS. */
const securitySeverity: Record<Severity, string> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '3.0',
  info: '0.0',
};

/**
 * SARIF 2.1.0 of a report: a rule per check of the catalogue, a result per failure, and one of kind `open` per
 * thing that could not be told. Passes are left out, as viewers show every result as a problem.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html
 */
export const toSarif = (report: ScanReport, catalogue: readonly Check[]) => ({
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: [
    {
      tool: {
        driver: {
          name: 'Plimsoll',
          semanticVersion: '0.1.0',
          properties: { catalogueVersion: report.catalogueVersion },
          rules: catalogue.map((check) => ({
            id: check.id,
            shortDescription: { text: check.title },
            fullDescription: { text: check.rationale },
            help: { text: check.remediation },
            defaultConfiguration: { level: level[check.severity] },
            properties: {
              tags: ['security', check.theme],
              'security-severity': securitySeverity[check.severity],
              ...(check.cis === undefined ? {} : { cis: check.cis }),
            },
          })),
        },
      },
      invocations: [{ executionSuccessful: true, endTimeUtc: report.takenAt }],
      results: report.results
        .filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown')
        .map((result) => toSarifResult(result, report, catalogue)),
    },
  ],
});

const toSarifResult = (result: CheckResultDocument, report: ScanReport, catalogue: readonly Check[]) => ({
  ruleId: result.check,
  ruleIndex: catalogue.findIndex(({ id }) => id === result.check),
  kind: result.outcome === 'fail' ? 'fail' : 'open',
  // The standard allows a level other than none only for failures.
  level: result.outcome === 'fail' ? level[result.severity] : 'none',
  message: {
    text: `${result.reason}. ${result.outcome === 'fail' ? result.remediation : (result.wouldTell ?? '')}`.trim(),
  },
  locations: [
    {
      // Viewers want a file: the host stands for one, the thing inside it is the logical location.
      physicalLocation: {
        artifactLocation: { uri: encodeURIComponent(report.host.name ?? report.host.address) },
        region: { startLine: 1 },
      },
      logicalLocations: [
        {
          name: result.subject.name,
          kind: result.subject.kind,
          fullyQualifiedName: `${report.host.address}/${result.subject.kind}/${result.subject.name}`,
        },
      ],
    },
  ],
  partialFingerprints: { 'plimsoll/v1': `${result.check}/${result.subject.kind}/${result.subject.name}` },
  properties: {
    severity: result.severity,
    evidence: result.evidence,
    ...(result.causedBy === null ? {} : { causedBy: result.causedBy }),
  },
});
