/** `team=payments` → `{ team: 'payments' }`; a tag without a value gets `true`. */
export const labelsFromTags = (tags: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    tags.map((tag) => {
      const [name = '', ...value] = tag.split('=');
      return [name.trim(), value.length === 0 ? 'true' : value.join('=').trim()];
    }),
  );

export const tagsFromLabels = (labels: Readonly<Record<string, string>>): string[] =>
  Object.entries(labels).map(([name, value]) => `${name}=${value}`);
