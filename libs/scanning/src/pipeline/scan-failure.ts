import { EngineError, type EngineErrorReason, explainEngineError } from '@plimsoll/docker-engine';
import { JsonTooLarge } from '@plimsoll/persistence';
import type { Missing } from '@plimsoll/snapshot';
import { VaultError } from '@plimsoll/vault';

/** Why a scan has no result, in words for a person. */
export interface ScanFailure {
  /** A stable slug. */
  readonly reason: string;
  readonly detail: string;
  readonly nextStep: string;
  /** The host could not be reached: what is known of the way to it changes with it. */
  readonly isUnreachable: boolean;
  /** It may go better in a moment. */
  readonly isPassing: boolean;
}

const passing: ReadonlySet<EngineErrorReason> = new Set([
  'connection-refused',
  'connection-reset',
  'host-unreachable',
  'timed-out',
]);

/** The failure behind an error; undefined for one that is no statement about the host: our own, to be tried again. */
export const failureOf = (error: unknown): ScanFailure | undefined => {
  if (error instanceof EngineError) {
    const { detail, nextStep } = explainEngineError(error);
    return { reason: error.reason, detail, nextStep, isUnreachable: true, isPassing: passing.has(error.reason) };
  }
  if (error instanceof VaultError) {
    return {
      reason: 'credential-unreadable',
      detail: 'The key of the host could not be decrypted.',
      nextStep: 'Check that the master key is the one it was stored with, or register the credential again.',
      isUnreachable: false,
      isPassing: false,
    };
  }
  if (error instanceof JsonTooLarge) {
    return {
      reason: 'snapshot-too-large',
      detail: `What was read of the host is larger than the ${error.limitBytes} bytes that are kept of one scan.`,
      nextStep: 'See whether the host answers with what a Docker host would; remove containers and images out of use.',
      isUnreachable: false,
      isPassing: false,
    };
  }
  return undefined;
};

/** The host answered at first and then to nothing. */
export const lostAfterConnecting = ({ missing, detail }: Missing): ScanFailure => ({
  reason: missing === 'denied' ? 'denied' : 'connection-lost',
  detail: `The host answered, but nothing could be read of it: ${detail}`,
  nextStep:
    missing === 'denied'
      ? 'Let the gate or the authorization plugin pass the read-only requests.'
      : 'Look into the log of the daemon, or of the proxy before it: journalctl -u docker.',
  isUnreachable: false,
  isPassing: missing === 'connection-lost' || missing === 'timed-out',
});

/** The snapshot that was to be judged again is gone, or of a shape that this version does not read. */
export const nothingStored: ScanFailure = {
  reason: 'snapshot-gone',
  detail: 'There is no stored snapshot of this host that could be judged again.',
  nextStep: 'Scan the host.',
  isUnreachable: false,
  isPassing: false,
};

export const tookTooLong = (timeoutMs: number): ScanFailure => ({
  reason: 'scan-timed-out',
  detail: `The scan took longer than ${Math.round(timeoutMs / 1000)} s.`,
  nextStep: 'See whether the daemon is overloaded; PLIMSOLL_SCAN_TIMEOUT_SECONDS allows more time.',
  isUnreachable: false,
  isPassing: false,
});

export const triedTooOften = (attempts: number): ScanFailure => ({
  reason: 'attempts-exhausted',
  detail: `The scan was begun ${attempts} times, and each time it was interrupted on our side.`,
  nextStep: 'Look into the log of the workers; then start the scan again.',
  isUnreachable: false,
  isPassing: false,
});
