/** The parts of an OpenAPI document that the page shows. */

export type Schema = { readonly [keyword: string]: unknown };

type NamedExamples = { [name: string]: { summary?: string; value: unknown } };

type Content = { [type: string]: { schema?: Schema; examples?: NamedExamples } };

type Parameter = {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  description?: string;
  schema?: Schema;
  content?: Content;
  examples?: NamedExamples;
};

/** Returns the value of a parameter in an example, as it travels; undefined if the example has none. */
export function exampleOf({ content, examples }: Parameter, name: string): string | undefined {
  const value = (examples ?? content?.['application/json']?.examples)?.[name]?.value;
  return typeof value === 'object' ? JSON.stringify(value) : value === undefined ? undefined : String(value);
}

type ApiLink = { operationId: string; description: string; parameters: { [name: string]: string } };

export type ApiResponse = {
  description: string;
  content?: Content;
  links?: { [name: string]: ApiLink };
};

export type ApiOperation = {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Content };
  security?: { [token: string]: unknown }[];
  responses: { [status: string]: ApiResponse | { $ref: string } };
};

export type ApiDocument = {
  info: { title: string; version: string; description: string };
  tags: { name: string; description: string }[];
  paths: { [path: string]: { [method: string]: ApiOperation } };
  components: {
    responses: { [name: string]: ApiResponse };
    securitySchemes: { [name: string]: { description: string } };
  };
};

/** An operation with its place. */
export type Placed = ApiOperation & { method: string; path: string };

/** Returns the operations of a tag, in the order of the document. */
export function operationsOf({ paths }: ApiDocument, tag: string): Placed[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { tags }]) => tags.includes(tag))
      .map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  );
}

/** Whether an operation can be called without a token. */
export function isOpen({ security = [] }: ApiOperation): boolean {
  return security.length === 0 || security.some((scheme) => Object.keys(scheme).length === 0);
}

/** Returns an operation's responses by status, with those that are written once for many. */
export function responsesOf(api: ApiDocument, { responses }: ApiOperation): [string, ApiResponse][] {
  return Object.entries(responses).map(([status, response]) => {
    if (!('$ref' in response)) return [status, response];
    const name = response.$ref.slice(response.$ref.lastIndexOf('/') + 1);
    return [status, api.components.responses[name] ?? { description: '' }];
  });
}

/** Returns the codes of an error response. */
export function codesOf(response: ApiResponse): string[] {
  const schema = response.content?.['application/json']?.schema;
  const parts = Array.isArray(schema?.allOf) ? schema.allOf : [];
  return parts.flatMap((part) => part?.properties?.code?.enum ?? []);
}
