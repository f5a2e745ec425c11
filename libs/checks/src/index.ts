export { type Answer, withAnswers } from './engine/answers.ts';
export { type Check, type CisNumbers, defineCheck } from './engine/check.ts';
export { type CheckResult, type ParametersByCheck, judge } from './engine/judge.ts';
export {
  type ParameterProblem,
  type ParametersInUse,
  defaultParametersOf,
  parameterProblemsOf,
  takeParameters,
} from './engine/parameters.ts';
export { containerSubject, imageSubject } from './engine/subjects.ts';
export type { Evidence, EvidenceValue, Subject, Verdict } from './engine/verdict.ts';
export {
  Outcome,
  Severity,
  SubjectKind,
  Theme,
  outcomes,
  severities,
  subjectKinds,
  themes,
} from './engine/vocabulary.ts';
export { catalogue, catalogueVersion } from './catalogue.generated.ts';
