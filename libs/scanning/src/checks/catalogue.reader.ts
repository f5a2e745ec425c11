import { type Check, catalogue, catalogueVersion } from '@plimsoll/checks';
import {
  type Actor,
  type CheckDescription,
  type CheckList,
  type CheckParameters,
  type CheckQuery,
  NotFound,
} from '@plimsoll/contracts';
import type { z } from 'zod';
import type { CheckParametersService } from './check-parameters.service.ts';

const describeCheck = (check: Check): Omit<CheckDescription, 'parameters'> => ({
  id: check.id,
  title: check.title,
  theme: check.theme,
  severity: check.severity,
  subject: check.subject,
  cis: { ...check.cis },
  cisLevel: check.cisLevel ?? null,
  rationale: check.rationale,
  decidedBy: check.decidedBy,
  question: check.question ?? null,
  remediation: check.remediation,
  needs: [...check.needs],
  sources: [...check.sources],
});

const descriptions = catalogue.map(describeCheck);
const descriptionById = new Map(descriptions.map((description) => [description.id, description]));

/** The catalogue as the API shows it: the same for every tenant, but for what each has adjusted. */
export class CatalogueReader {
  readonly #parameters: CheckParametersService;

  constructor({ parameters }: { readonly parameters: CheckParametersService }) {
    this.#parameters = parameters;
  }

  async list(
    actor: Actor,
    { theme, severity, search }: z.output<typeof CheckQuery>,
  ): Promise<z.infer<typeof CheckList>> {
    const wanted = search?.toLowerCase();
    const found = descriptions.filter(
      (check) =>
        (theme === undefined || check.theme === theme) &&
        (severity === undefined || check.severity === severity) &&
        (wanted === undefined ||
          [check.id, check.title, check.rationale, ...Object.values(check.cis)].some((text) =>
            text.toLowerCase().includes(wanted),
          )),
    );
    const parameters = await this.#parameters.list(actor);
    const items = found.flatMap((check) => withParameters(check, parameters.get(check.id)));
    return { catalogueVersion, items };
  }

  /** @throws NotFound */
  async get(actor: Actor, id: string): Promise<CheckDescription> {
    const found = descriptionById.get(id);
    if (found === undefined) throw new NotFound({}, { detail: 'There is no such check.' });
    return { ...found, parameters: await this.#parameters.get(actor, id) };
  }
}

const withParameters = (
  check: Omit<CheckDescription, 'parameters'>,
  parameters: CheckParameters | undefined,
): CheckDescription[] => (parameters === undefined ? [] : [{ ...check, parameters }]);
