import { printable } from '../http/strict-json.ts';

/** Markup that is already safe. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Html | readonly Part[] | undefined;

/** Escapes everything that is put into it, but for markup made by itself. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(String.raw({ raw: strings }, ...parts.map(render)));

const render = (part: Part): string => {
  if (part === undefined) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(render).join('');
  return escape(String(part));
};

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);

/** `code` and paragraphs, which is all the markdown that descriptions use. */
export const prose = (text: string): Html =>
  new Html(
    text
      .split(/\n{2,}/)
      .map((paragraph) => `<p>${escape(paragraph).replaceAll(/`([^`]+)`/g, '<code>$1</code>')}</p>`)
      .join(''),
  );

/** A whole page in the style of the reference. */
export const page = (title: string, content: Html): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${printable(title)} · Plimsoll</title>
        <link rel="stylesheet" href="/docs/style.css" />
      </head>
      <body>
        ${content}
      </body>
    </html> `.text;

/** For light and dark, phone and desktop; no script, so that the strictest content security policy holds. */
export const stylesheet = `
:root { color-scheme: light dark; --line: light-dark(#d5dbe1, #36404a); --soft: light-dark(#f3f5f7, #1b2229);
  --text: light-dark(#1c2733, #dfe6ed); --quiet: light-dark(#52606d, #9aa8b5); --accent: light-dark(#0b5cad, #7cb8f5); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1rem 4rem; color: var(--text);
  background: light-dark(#fff, #12181e); font: 1rem/1.55 system-ui, sans-serif; }
a { color: var(--accent); }
code, pre { font: 0.875rem/1.5 ui-monospace, monospace; }
code { background: var(--soft); border-radius: 0.2rem; padding: 0.05rem 0.25rem; overflow-wrap: anywhere; }
pre { background: var(--soft); border-radius: 0.4rem; overflow-x: auto; padding: 0.75rem; }
pre code { background: none; padding: 0; }
h1 { line-height: 1.2; }
h2 { border-bottom: 1px solid var(--line); margin-top: 2.5rem; padding-bottom: 0.25rem; }
details { border: 1px solid var(--line); border-radius: 0.4rem; margin: 0.5rem 0; }
details > summary { cursor: pointer; padding: 0.5rem 0.75rem; overflow-wrap: anywhere; }
details > div { border-top: 1px solid var(--line); padding: 0.25rem 0.75rem 0.75rem; }
summary strong { display: inline-block; min-width: 4.2rem; }
.quiet { color: var(--quiet); }
table { border-collapse: collapse; display: block; overflow-x: auto; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: 0.35rem 0.6rem 0.35rem 0; text-align: left; vertical-align: top; }
nav ul { columns: 2; padding-left: 1.2rem; }
@media (max-width: 40rem) { nav ul { columns: 1; } }
`;
