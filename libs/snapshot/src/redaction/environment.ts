import type { EnvironmentVariable } from '../schema/secret.ts';
import { judgeValue } from './judge-value.ts';
import { withoutControls } from './redact-text.ts';
import { redactFormats } from './secret-formats.ts';

/** Harmless names whose values checks read. */
const keptNames = new Set([
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'LC_ALL',
  'TZ',
  'TERM',
  'DOCKER_HOST',
  'DOCKER_TLS_VERIFY',
  'DOCKER_TLS_CERTDIR',
  'DOCKER_CONTENT_TRUST',
  'LD_PRELOAD',
  'LD_LIBRARY_PATH',
  'NVIDIA_DRIVER_CAPABILITIES',
]);
/** The one thing a check asks of this variable; else its value names devices of the host. */
const noDevices = /^(?:void|none)$/u;
/** Switches tell nothing about a secret, and a few checks need them (socket proxies are set up by them). */
const switchValue = /^(?:0|1|true|false)$/iu;
const variablesLimit = 5_000;

/**
 * `Env` of a container, image or service as names and verdicts.
 * @param imageEnv the image's own entries, to tell what the container adds
 */
export const judgeEnvironment = (entries: readonly string[], imageEnv?: ReadonlySet<string>): EnvironmentVariable[] =>
  entries.slice(0, variablesLimit).map((entry) => {
    const separator = entry.indexOf('=');
    const rawName = separator === -1 ? entry : entry.slice(0, separator);
    const value = separator === -1 ? '' : entry.slice(separator + 1);
    const verdict = judgeValue(rawName, value);
    const isKept =
      verdict.kind !== 'secret' &&
      value.length <= 4_096 &&
      (keptNames.has(rawName) ||
        switchValue.test(value) ||
        (rawName === 'NVIDIA_VISIBLE_DEVICES' && noDevices.test(value)));
    return {
      name: withoutControls(redactFormats(rawName.slice(0, 256), () => undefined)),
      verdict,
      ...(isKept && separator !== -1 ? { value: withoutControls(value) } : {}),
      ...(imageEnv === undefined ? {} : { fromImage: imageEnv.has(entry) }),
    };
  });
