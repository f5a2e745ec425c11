import type { EngineRecording } from './recording.ts';

/** Reads one path of an engine, e.g. `/containers/json?all=1`; the version is the reader's affair. */
export type ReadPath = (path: string) => Promise<unknown>;

const idsOf = (list: unknown, key = 'Id'): string[] =>
  Array.isArray(list)
    ? list.flatMap((item: unknown) => {
        const id: unknown = typeof item === 'object' && item !== null ? Reflect.get(item, key) : undefined;
        return typeof id === 'string' ? [id] : [];
      })
    : [];

/**
 * Asks an engine for everything that a scan asks for.
 * @param replacements texts of the recording machine and what stands in their place
 */
export const recordEngine = async (
  read: ReadPath,
  about: Omit<EngineRecording, 'answers'>,
  replacements: readonly (readonly [string, string])[],
): Promise<EngineRecording> => {
  const answers: Record<string, unknown> = {};
  const keep = async (path: string): Promise<unknown> => {
    const answer = await read(path);
    answers[path.replace(/\?.*$/u, '')] = answer;
    return answer;
  };
  for (const path of ['/version', '/info', '/volumes', '/plugins']) await keep(path);
  for (const id of idsOf(await keep('/networks'))) await keep(`/networks/${id}`);
  for (const id of idsOf(await keep('/images/json'))) {
    await keep(`/images/${id}/json`);
    await keep(`/images/${id}/history`);
  }
  for (const id of idsOf(await keep('/containers/json?all=1'))) {
    await keep(`/containers/${id}/json`);
    await keep(`/containers/${id}/stats?stream=false&one-shot=true`);
    const top = `/containers/${id}/top?ps_args=${encodeURIComponent('-eo pid,ppid,euid,egid,args')}`;
    await keep(top).catch(() => undefined); // a stopped container has none
  }
  let text = JSON.stringify({ ...about, answers });
  for (const [own, substitute] of replacements) text = text.replaceAll(own, substitute);
  // What went through JSON comes back as it was.
  return JSON.parse(text) as EngineRecording;
};
