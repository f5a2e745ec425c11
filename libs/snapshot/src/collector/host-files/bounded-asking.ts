import { toEngineError } from '@plimsoll/docker-engine';

/** Whoever reads host files is told to stop: no more requests go out, and what was read until then stays. */
export class ReadingStopped extends Error {
  override readonly name = 'ReadingStopped';
}

/** More than any host needs (about 100); a hostile one could lead in circles. */
const requestLimit = 600;
/** So many in a row without an answer mean that the host or its line can't take more. */
const silenceLimit = 3;

/** Asks one host, so often and so long as it answers. */
export class BoundedAsking {
  #requests = 0;
  #silent = 0;
  #end: Error | undefined;

  /**
   * The answer; `absent` where the engine says that there is no such path, `unseen` where it could not be told.
   * @throws ReadingStopped, and EngineError where the host denies it or the scan is over; from then on always
   */
  async ask<T extends object>(request: () => Promise<T>): Promise<T | 'absent' | 'unseen'> {
    if (this.#end !== undefined) throw this.#end;
    this.#requests += 1;
    if (this.#requests > requestLimit) throw this.#over(new ReadingStopped(`more than ${requestLimit} requests`));
    try {
      const answer = await request();
      this.#silent = 0;
      return answer;
    } catch (cause) {
      // A name that may not be asked for: nothing was sent.
      if (cause instanceof RangeError) return 'unseen';
      const error = toEngineError(cause);
      if (error.reason === 'not-found') {
        this.#silent = 0;
        return 'absent';
      }
      if (error.reason === 'denied' || error.reason === 'cancelled') throw this.#over(error);
      const answered = error.httpStatus !== undefined || ['malformed', 'too-large'].includes(error.reason);
      this.#silent = answered ? 0 : this.#silent + 1;
      if (this.#silent >= silenceLimit) throw this.#over(new ReadingStopped(error.detail));
      return 'unseen';
    }
  }

  #over(error: Error): Error {
    this.#end ??= error;
    return this.#end;
  }
}
