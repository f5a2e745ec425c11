import { NotFound, problems } from '@plimsoll/contracts';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { html, page, prose } from './html.ts';
import type { Html } from './html.ts';
import { problemExplanations } from './problem-explanations.ts';

type ProblemOfTable = (typeof problems)[number];

const Slug = z.object({ slug: z.string() });

/** `/problems/:slug`: where the `type` of a problem leads. */
export const installProblemPages = (fastify: FastifyInstance): void => {
  const list = page('Problems', listOf());
  const pages = new Map(problems.map((problem) => [problem.slug, page(problem.title, explanationOf(problem))]));
  fastify.get('/problems', async (_request, reply) => reply.headers(pageHeaders).send(list));
  fastify.get('/problems/:slug', async (request, reply) => {
    const explanation = pages.get(Slug.parse(request.params).slug);
    if (explanation === undefined) throw new NotFound({});
    return reply.headers(pageHeaders).send(explanation);
  });
};

const pageHeaders = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'public, max-age=300' };

const listOf = (): Html =>
  html`<h1>Problems</h1>
    <p>Every error of the API is a problem document (RFC 9457) whose <code>type</code> is one of these.</p>
    <table>
      <thead>
        <tr>
          <th scope="col">Status</th>
          <th scope="col">Type</th>
          <th scope="col">Title</th>
        </tr>
      </thead>
      <tbody>
        ${problems.map(
          ({ slug, status, title }) =>
            html`<tr>
              <td>${status}</td>
              <td><a href="/problems/${slug}">${slug}</a></td>
              <td>${title}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;

const explanationOf = ({ slug, status, title }: ProblemOfTable): Html => {
  const explanation = problemExplanations[slug];
  return html`<h1>${title}</h1>
    <p class="quiet">${status} <code>/problems/${slug}</code></p>
    ${explanation === undefined ? undefined : [prose(explanation.meaning), prose(explanation.nextStep)]}
    <p><a href="/problems">All problems</a> · <a href="/docs">API reference</a></p>`;
};

/** `docs/problems.md`, written by `npm run generate`. */
export const renderProblemsDocument = (): string => {
  const sections = problems.map(({ slug, status, title, extra }) => {
    const { meaning = '', nextStep = '' } = problemExplanations[slug] ?? {};
    const members = Object.keys(extra.shape).map((name) => `\`${name}\``);
    const more = members.length === 0 ? '' : `\nMembers of its own: ${members.join(', ')}.\n`;
    return `## ${slug}\n\n**${status}** ${title}.\n\n${meaning}\n\n${nextStep}\n${more}`;
  });
  return `# Problems

<!-- Written by \`npm run generate\` from the table of problems. -->

Every error of the API is a problem document ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)), sent as \`application/problem+json\`. Its \`type\` is stable and leads to the same text as below: \`/problems/\` and the name. \`errors\` names refused fields, \`requestId\` finds the request in the log.

${sections.join('\n')}`;
};
