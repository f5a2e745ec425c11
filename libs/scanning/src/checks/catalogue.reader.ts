import { type Check, catalogue, catalogueVersion } from '@plimsoll/checks';
import { type CheckDescription, type CheckList, type CheckQuery, NotFound } from '@plimsoll/contracts';
import { z } from 'zod';

const describeCheck = (check: Check): CheckDescription => ({
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
  parameters: defaultsOf(check),
  sources: [...check.sources],
});

const Defaults = z.record(z.string(), z.unknown());
/** Every parameter has a default, so that parsing nothing gives them all. */
const defaultsOf = (check: Check): Record<string, unknown> => Defaults.parse(check.parameters.parse({}));

const descriptions = catalogue.map(describeCheck);
const descriptionById = new Map(descriptions.map((description) => [description.id, description]));

/** The catalogue as the API shows it. Pure: the same for every tenant. */
export class CatalogueReader {
  list({ theme, severity, search }: z.output<typeof CheckQuery>): z.infer<typeof CheckList> {
    const wanted = search?.toLowerCase();
    const items = descriptions.filter(
      (check) =>
        (theme === undefined || check.theme === theme) &&
        (severity === undefined || check.severity === severity) &&
        (wanted === undefined ||
          [check.id, check.title, check.rationale, ...Object.values(check.cis)].some((text) =>
            text.toLowerCase().includes(wanted),
          )),
    );
    return { catalogueVersion, items };
  }

  /** @throws NotFound */
  get(id: string): CheckDescription {
    const found = descriptionById.get(id);
    if (found === undefined) throw new NotFound({}, { detail: 'There is no such check.' });
    return found;
  }
}
