import { z } from 'zod';
import type { Route } from '../http/route.ts';
import type { ComponentSchemas } from './component-schemas.ts';
import { exampleOf } from './example.ts';
import type { JsonSchema, Parameter } from './types.ts';

const header = (name: string, required: boolean, description: string, example: string): Parameter => ({
  name,
  in: 'header',
  required,
  description,
  schema: { type: 'string' },
  example,
});

/** Path, query and header parameters of a route, in that order. */
export const parametersOf = (route: Route, schemas: ComponentSchemas): Parameter[] => {
  const { endpoint, conditional, method, parameters } = route;
  const declared = parameters.flatMap(({ place, name, schema }): Parameter[] => {
    if (place === 'body') return [];
    const converted = schemas.schemaOf(schema, 'input');
    if (name !== undefined) return [parameter(name, place, true, converted, schemas)];
    const { properties, required } = QueryObject.parse(converted);
    return Object.entries(properties).map(([key, property]) =>
      // A default is filled in, so a parameter with one is never required.
      parameter(key, place, required.includes(key) && property['default'] === undefined, property, schemas),
    );
  });
  return [
    ...declared,
    ...(endpoint.idempotent === true
      ? [
          header(
            'Idempotency-Key',
            false,
            'Makes it safe to send this again: within 24 hours the same key gets the first answer.',
            '7f9c2ba4-e88f-4dcd-a1ce-1c0d5f2f8a11',
          ),
        ]
      : []),
    ...(conditional
      ? [
          header(
            'If-Match',
            true,
            'The `ETag` that was read, or `*` to replace whatever is there.',
            '"3.x7Hq0m3kVbQ2c1aZ"',
          ),
        ]
      : []),
    ...(endpoint.etag === true && method === 'GET'
      ? [
          header(
            'If-None-Match',
            false,
            'An `ETag` that was read: answered 304 if nothing has changed.',
            '"3.x7Hq0m3kVbQ2c1aZ"',
          ),
        ]
      : []),
    ...(endpoint.events === undefined ? [] : [header('Last-Event-ID', false, 'Go on after this event.', '7')]),
  ];
};

const QueryObject = z.looseObject({
  properties: z.record(z.string(), z.looseObject({})).default({}),
  required: z.array(z.string()).default([]),
});

const parameter = (
  name: string,
  place: 'query' | 'path',
  required: boolean,
  schema: JsonSchema,
  schemas: ComponentSchemas,
): Parameter => {
  const { description, ...rest } = schema;
  return {
    name,
    in: place,
    required,
    ...(typeof description === 'string' ? { description } : {}),
    schema: rest,
    ...(required ? { example: exampleOf(rest, schemas.components()) } : {}),
  };
};
