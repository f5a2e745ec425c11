import type { FastifyInstance, FastifyReply } from 'fastify';
import type { OpenApiDocument, Operation } from '../openapi/types.ts';
import { html, page, prose, stylesheet } from './html.ts';
import type { Html } from './html.ts';

/** Serves the OpenAPI document, and the same as a page for people; both are made when first asked for. */
export const installReference = (fastify: FastifyInstance, makeDocument: () => OpenApiDocument): void => {
  let json: string | undefined;
  let reference: string | undefined;
  const send = (type: string, body: () => string) => async (_request: unknown, reply: FastifyReply) =>
    reply.header('content-type', type).header('cache-control', 'public, max-age=300').send(body());
  const jsonBody = (): string => (json ??= JSON.stringify(makeDocument()));
  const referenceBody = (): string => (reference ??= page('API reference', referenceOf(makeDocument())));
  fastify.get('/openapi.json', send('application/json; charset=utf-8', jsonBody));
  fastify.get('/docs', send('text/html; charset=utf-8', referenceBody));
  fastify.get(
    '/docs/style.css',
    send('text/css; charset=utf-8', () => stylesheet),
  );
};

interface Entry {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

const referenceOf = ({ info, tags, paths, components }: OpenApiDocument): Html => {
  const entries = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]): Entry => ({ path, method, operation })),
  );
  const section = (name: string): Html =>
    html`<h2 id="${name}">${name}</h2>
      ${entries.filter(({ operation }) => operation.tags.includes(name)).map(operationDetails)}`;
  return html`<h1>${info.title} API</h1>
    ${prose(info.description)}
    <p>For machines: <a href="/openapi.json">openapi.json</a>. What can go wrong: <a href="/problems">problems</a>.</p>
    <nav aria-label="Contents">
      <ul>
        ${tags.map(({ name }) => html`<li><a href="#${name}">${name}</a></li>`)}
        <li><a href="#schemas">schemas</a></li>
      </ul>
    </nav>
    <main>
      ${tags.map(({ name }) => section(name))}
      <h2 id="schemas">schemas</h2>
      ${Object.entries(components.schemas).map(
        ([name, schema]) =>
          html`<details id="schema-${name}">
            <summary>${name}</summary>
            <div>${code(schema)}</div>
          </details>`,
      )}
    </main>`;
};

const code = (value: unknown): Html =>
  html`<pre><code>${typeof value === 'string' ? value : JSON.stringify(value, null, 2)}</code></pre>`;

const operationDetails = ({ path, method, operation }: Entry): Html =>
  html`<details id="${operation.operationId}">
    <summary><strong>${method.toUpperCase()}</strong> <code>${path}</code> ${operation.summary}</summary>
    <div>
      ${operation.description === undefined ? undefined : prose(operation.description)} ${parametersTable(operation)}
      ${Object.entries(operation.requestBody?.content ?? {}).map(
        ([type, { example }]) =>
          html`<h3>Body <span class="quiet">${type}</span></h3>
            ${code(example)}`,
      )}
      <h3>Answers</h3>
      ${Object.entries(operation.responses).map(([status, { description, content }]) => {
        const [type, media] = Object.entries(content ?? {})[0] ?? [];
        const shown = media?.example ?? Object.values(media?.examples ?? {})[0]?.value;
        return html`<h4>${status} ${description} <span class="quiet">${type}</span></h4>
          ${shown === undefined ? undefined : code(shown)}`;
      })}
    </div>
  </details>`;

const parametersTable = ({ parameters }: Operation): Html | undefined =>
  parameters.length === 0
    ? undefined
    : html`<h3>Parameters</h3>
        <table>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">In</th>
              <th scope="col">Meaning</th>
            </tr>
          </thead>
          <tbody>
            ${parameters.map(
              ({ name, in: place, required, description, schema }) =>
                html`<tr>
                  <td><code>${name}</code>${required ? ' (required)' : ''}</td>
                  <td>${place}</td>
                  <td>
                    ${description === undefined ? undefined : prose(description)}<code>${JSON.stringify(schema)}</code>
                  </td>
                </tr>`,
            )}
          </tbody>
        </table>`;
