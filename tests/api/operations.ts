import 'reflect-metadata';
import { featureModules } from '../../apps/api/src/features.ts';
import { openApiDocument } from '../../apps/api/src/openapi/document.ts';
import { routesOfFeatures } from '../../apps/api/src/openapi/feature-routes.ts';
import type { JsonSchema, Operation, Parameter } from '../../apps/api/src/openapi/types.ts';

/** The document that the API serves at `/openapi.json`; that it is the same is tested. */
export const apiDocument = openApiDocument(routesOfFeatures(featureModules));

/** One row of the document. */
export interface DocumentedOperation {
  readonly id: string;
  /** Upper case. */
  readonly method: string;
  /** As documented, e.g. `/v1/hosts/{hostId}`. */
  readonly path: string;
  /** E.g. `PATCH /v1/hosts/{hostId}`: the name of its tests. */
  readonly name: string;
  readonly operation: Operation;
  readonly pathParameters: readonly string[];
  readonly queryParameters: readonly Parameter[];
  /** The schema of its JSON body, with references resolved; undefined for one that takes none. */
  readonly body: JsonSchema | undefined;
}

/** Every operation of the API. A route that is added is in here, with no list to extend. */
export const operations: readonly DocumentedOperation[] = Object.entries(apiDocument.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]): DocumentedOperation => {
    const upper = method.toUpperCase();
    const schema = operation.requestBody?.content['application/json']?.schema;
    return {
      id: operation.operationId,
      method: upper,
      path,
      name: `${upper} ${path}`,
      operation,
      pathParameters: operation.parameters.filter((one) => one.in === 'path').map((one) => one.name),
      queryParameters: operation.parameters.filter((one) => one.in === 'query'),
      body: schema === undefined ? undefined : resolved(schema),
    };
  }),
);

/** Follows a reference into the components; other keywords beside it stay. */
export function resolved(schema: JsonSchema): JsonSchema {
  const { $ref: reference, ...others } = schema;
  if (typeof reference !== 'string') return schema;
  const component = apiDocument.components.schemas[reference.replace('#/components/schemas/', '')];
  if (component === undefined) throw new Error(`${reference} leads nowhere`);
  return { ...resolved(component), ...others };
}

export const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The members of an object schema, references resolved. */
export const membersOf = (schema: JsonSchema): [string, JsonSchema][] =>
  isSchema(schema['properties'])
    ? Object.entries(schema['properties']).flatMap(([name, member]): [string, JsonSchema][] =>
        isSchema(member) ? [[name, resolved(member)]] : [],
      )
    : [];

export const hasHeader = ({ operation }: DocumentedOperation, name: string): boolean =>
  operation.parameters.some((parameter) => parameter.in === 'header' && parameter.name === name);

/** Fills the path's parameters in. @throws for one that has no value */
export const pathWith = (path: string, values: Readonly<Record<string, string>>): string =>
  path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`Nothing is known that {${name}} of ${path} could be`);
    return value;
  });
