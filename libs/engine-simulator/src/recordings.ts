import { EngineRecording } from './recording.ts';

let sampleHost: Promise<EngineRecording> | undefined;

/** Loaded when first needed, by an import that every bundler can follow. */
const loadSampleHost = async (): Promise<EngineRecording> => {
  const { default: recording } = await import('../recordings/sample-host.json', { with: { type: 'json' } });
  return EngineRecording.parse(recording);
};

/** A host of a small shop: a dozen containers, some well kept, some not. Recorded from a real engine. */
export const sampleHostRecording = (): Promise<EngineRecording> => (sampleHost ??= loadSampleHost());
