/** A JSON Schema. */
export type Schema = { readonly [keyword: string]: unknown };

type Examples = { [name: string]: { value: unknown } };

export type Content = { [type: string]: { schema: Schema; examples?: Examples } };

export type Parameter = {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  schema?: Schema;
  content?: Content;
  examples?: Examples;
};

/** Another operation that a client may call with what it got. */
export type DocumentedLink = { operationId: string; parameters: { [name: string]: string } };

type DocumentedResponse = {
  description: string;
  content?: Content;
  links?: { [name: string]: DocumentedLink };
};

/** The parts of an OpenAPI document that tests read. */
export type ApiDocument = {
  openapi: string;
  paths: {
    [path: string]: {
      [method: string]: {
        operationId: string;
        parameters?: Parameter[];
        requestBody?: { required: boolean; content: Content };
        security?: { [token: string]: unknown }[];
        responses: { [status: string]: DocumentedResponse | { $ref: string } };
      };
    };
  };
  components: { schemas: { [name: string]: Schema }; responses: { [name: string]: DocumentedResponse } };
};

/** Returns the value of a parameter in an example, as it travels; undefined if the example has none. */
export function exampleOf({ content, examples }: Parameter, name: string): string | undefined {
  const value = (examples ?? content?.['application/json']?.examples)?.[name]?.value;
  return typeof value === 'object' ? JSON.stringify(value) : value === undefined ? undefined : String(value);
}

/** An operation with its responses in full. */
export type ApiOperation = {
  id: string;
  method: string;
  path: string;
  parameters: Parameter[];
  body: { required: boolean; content: Content } | undefined;
  security: string[];
  responses: Map<number, DocumentedResponse>;
};

/** Reads the document of a service. */
export async function readDocument(origin: string): Promise<ApiDocument> {
  const response = await fetch(`${origin}/openapi.json`);
  return response.json();
}

/** Lists the operations of a document. */
export function operationsOf({ components, paths }: ApiDocument): ApiOperation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      parameters: operation.parameters ?? [],
      body: operation.requestBody,
      security: (operation.security ?? []).flatMap((scheme) => Object.keys(scheme)),
      responses: new Map(
        Object.entries(operation.responses).map(([status, response]) => [
          Number(status),
          '$ref' in response ? referred(components, response.$ref) : response,
        ]),
      ),
    })),
  );
}

/** Lists the routes of a document as `GET /read/{key}`, in alphabetical order. */
export function documentedRoutes(document: ApiDocument): string[] {
  return operationsOf(document)
    .map(({ method, path }) => `${method} ${path}`)
    .sort();
}

function referred({ responses }: ApiDocument['components'], reference: string): DocumentedResponse {
  const response = responses[reference.slice(reference.lastIndexOf('/') + 1)];
  if (response === undefined) throw new Error(`the document has no ${reference}`);
  return response;
}
