import { problemBody } from '../problems/problem.ts';
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts';
import type { ApiDescription, DescribedResponse, Example, Link, Operation } from './operation.ts';
import { errorsOf, problemResponse, problemSchema } from './problem-responses.ts';

type NamedExamples = Record<string, { summary: string; value: unknown }>;

/** Builds the OpenAPI 3.1 document of a service. */
export function openApiDocument(api: ApiDescription, version: string): object {
  const { description, hasRateLimit = false, operations, tags, title, tokens = {} } = api;
  const shared = new Map<string, { name: string; response: object }>();
  const names = new Set<string>();
  /** Error responses that many operations have are written once. */
  const share = (status: number, response: object): object => {
    const text = JSON.stringify(response);
    const known = shared.get(text);
    if (known !== undefined) return { $ref: `#/components/responses/${known.name}` };
    let name = `Error${status}`;
    for (let number = 2; names.has(name); number++) name = `Error${status}_${number}`;
    names.add(name);
    shared.set(text, { name, response });
    return { $ref: `#/components/responses/${name}` };
  };
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    const ofPath = paths[operation.path] ?? {};
    paths[operation.path] = ofPath;
    ofPath[operation.method] = describeOperation(operation, hasRateLimit, share);
  }
  return {
    openapi: '3.1.1',
    info: { title, version, description, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/', description: 'The service that this document comes from' }],
    // Operations that need a token say so.
    security: [],
    tags: Object.entries(tags).map(([name, meaning]) => ({ name, description: meaning })),
    paths,
    components: {
      schemas: { Problem: problemSchema },
      responses: Object.fromEntries([...shared.values()].map(({ name, response }) => [name, response])),
      securitySchemes: Object.fromEntries(
        Object.entries(tokens).map(([name, meaning]) => [
          name,
          { type: 'http', scheme: 'bearer', description: meaning },
        ]),
      ),
    },
  };
}

function describeOperation(
  operation: Operation,
  hasRateLimit: boolean,
  share: (status: number, response: object) => object,
): object {
  const { body, description, examples = {}, headers, id, params, query, security, summary, tag } = operation;
  const parameters = [
    ...parametersIn('path', params, pick(examples, 'path')),
    ...parametersIn('query', query, pick(examples, 'query')),
    ...parametersIn('header', headers, pick(examples, 'headers')),
  ];
  const bodies = namedExamples(examples, ({ body }) => body);
  const responses: Record<string, object> = {};
  for (const [status, response] of Object.entries(operation.responses))
    responses[status] = {
      ...successResponse(response, responseExamples(examples, Number(status))),
      ...(operation.links === undefined ? {} : { links: describeLinks(operation.links) }),
    };
  for (const [status, codes] of errorsOf(operation, hasRateLimit)) {
    const shown = responseExamples(examples, status);
    responses[status] =
      shown === undefined ? share(status, problemResponse(codes)) : problemResponse(codes, shown);
  }
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: !operation.isBodyOptional,
            content: {
              'application/json': {
                schema: jsonSchemaOf(body),
                ...(bodies === undefined ? {} : { examples: bodies }),
              },
            },
          },
        }),
    ...(security === undefined
      ? {}
      : { security: security.map((name) => (name === 'optional' ? {} : { [name]: [] })) }),
    responses,
  };
}

function describeLinks(links: Readonly<Record<string, Link>>): object {
  const described = Object.entries(links).map(([name, { description, parameters, to }]) => [
    name,
    { operationId: to, description, parameters },
  ]);
  return Object.fromEntries(described);
}

type Part = 'path' | 'query' | 'headers';

function pick(examples: Readonly<Record<string, Example>>, part: Part) {
  return Object.entries(examples).map(([name, example]) => ({
    name,
    ...example,
    values: example[part] ?? {},
  }));
}

function parametersIn(
  place: 'path' | 'query' | 'header',
  schema: Operation['query'],
  examples: ReturnType<typeof pick>,
): object[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchemaOf(schema);
  return Object.entries(isRecord(properties) ? properties : {}).map(([name, property]) => {
    const { description, ...form }: JsonSchema = isRecord(property) ? property : {};
    const shown = examples
      .filter(({ values }) => Object.hasOwn(values, name))
      .map(({ name: example, summary, values }) => [example, { summary, value: values[name] }]);
    const shownExamples = shown.length === 0 ? {} : { examples: Object.fromEntries(shown) };
    return {
      name,
      in: place,
      required: place === 'path' || (Array.isArray(required) && required.includes(name)),
      ...(description === undefined ? {} : { description }),
      // What is no text travels as JSON in it.
      ...(form.type === 'object'
        ? { content: { 'application/json': { schema: form, ...shownExamples } } }
        : { schema: form, ...shownExamples }),
    };
  });
}

function successResponse(response: DescribedResponse, examples: NamedExamples | undefined): object {
  const { description } = response;
  if ('empty' in response) return { description };
  const type = 'type' in response ? response.type : 'application/json';
  const schema =
    'schema' in response
      ? jsonSchemaOf(response.schema)
      : response.text === undefined
        ? { type: 'string' }
        : jsonSchemaOf(response.text);
  return {
    description,
    content: { [type]: { schema, ...(examples === undefined ? {} : { examples }) } },
  };
}

/** The id of the requests of examples. */
const EXAMPLE_ID = '0c5b3f0e-8f0a-4f7e-a6a2-5e1c7d9b6a11';

function responseExamples(
  examples: Readonly<Record<string, Example>>,
  status: number,
): NamedExamples | undefined {
  const ofStatus = Object.entries(examples).filter(([, example]) => example.status === status);
  return namedExamples(Object.fromEntries(ofStatus), ({ response }) =>
    status < 400 ? response : problemBody(status, response, EXAMPLE_ID),
  );
}

/** Returns one part of each example that has it; undefined if none has. */
function namedExamples(
  examples: Readonly<Record<string, Example>>,
  part: (example: Example) => unknown,
): NamedExamples | undefined {
  const named = Object.entries(examples).flatMap(([name, example]) => {
    const value = part(example);
    return value === undefined ? [] : [[name, { summary: example.summary, value }] as const];
  });
  return named.length === 0 ? undefined : Object.fromEntries(named);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
