/** How failures turn into waiting. */
export interface DelayPolicy {
  /** Failures that cost nothing. */
  readonly freeFailures: number;
  readonly maximumSeconds: number;
  /** Quiet time after which all is forgotten. */
  readonly forgetAfterSeconds: number;
}

/** A person mistypes a few times; beyond that each failure doubles the wait, up to a quarter of an hour and never more. */
export const accountPolicy: DelayPolicy = { freeFailures: 4, maximumSeconds: 900, forgetAfterSeconds: 86_400 };

/** Many people may share an address, so it has more room. */
export const addressPolicy: DelayPolicy = { freeFailures: 19, maximumSeconds: 900, forgetAfterSeconds: 3_600 };

/** Seconds to wait after this many failures: none, then 1, 2, 4 … */
export const delaySeconds = (failures: number, policy: DelayPolicy): number =>
  failures <= policy.freeFailures
    ? 0
    : Math.min(2 ** Math.min(failures - policy.freeFailures - 1, 30), policy.maximumSeconds);
