import { type Check, catalogue } from '@plimsoll/checks';
import { NotFound } from '@plimsoll/contracts';

/** A check that has a question for people. */
export interface AskingCheck extends Check {
  readonly question: string;
}

const isAsking = (check: Check): check is AskingCheck => check.question !== undefined;

/** The questions of the catalogue, in the order of the checks' ids, which is that of the list. */
export class AskingChecks {
  readonly #all: readonly AskingCheck[];

  constructor(checks: readonly Check[] = catalogue) {
    this.#all = checks.filter(isAsking).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Those that come after an id; all of them after none. */
  after(id: string | undefined): readonly AskingCheck[] {
    return id === undefined ? this.#all : this.#all.filter((check) => check.id > id);
  }

  has(id: string): boolean {
    return this.#all.some((check) => check.id === id);
  }

  /** @throws NotFound for a check that is not there, or asks nothing */
  get(id: string): AskingCheck {
    const found = this.#all.find((check) => check.id === id);
    if (found === undefined) throw noSuchQuestion();
    return found;
  }
}

export const noSuchQuestion = (): Error =>
  new NotFound({}, { detail: 'There is no such check, or no scan leaves anything of it to a person.' });
