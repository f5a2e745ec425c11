/** A line of a unit file that sets something. */
export interface UnitAssignment {
  readonly section: string;
  readonly key: string;
  readonly value: string;
}

/** More than any unit has. */
const assignmentLimit = 1_000;
const longestValue = 8_192;

/**
 * The assignments of a unit file in order: comments gone, lines that end with a backslash joined with the next one
 * (comments between them are skipped), values trimmed.
 * @see systemd.syntax(7)
 */
export const parseUnitFile = (text: string): UnitAssignment[] => {
  const assignments: UnitAssignment[] = [];
  let section = '';
  let carried = '';
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (/^[#;]/u.test(line)) continue;
    if (line.endsWith('\\')) {
      carried += `${line.slice(0, -1)} `;
      continue;
    }
    const whole = (carried + line).trim();
    carried = '';
    const heading = /^\[([^\]]*)\]$/u.exec(whole)?.[1];
    if (heading !== undefined) section = heading;
    const equals = whole.indexOf('=');
    if (heading !== undefined || equals <= 0 || assignments.length >= assignmentLimit) continue;
    assignments.push({
      section,
      key: whole.slice(0, equals).trim(),
      value: whole
        .slice(equals + 1)
        .trim()
        .slice(0, longestValue),
    });
  }
  return assignments;
};
