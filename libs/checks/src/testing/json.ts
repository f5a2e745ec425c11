/** What a JSON text can hold. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export const isObject = (json: Json | undefined): json is Record<string, Json> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

export const copyOf = (json: Json): Json => JSON.parse(JSON.stringify(json)) as Json;
