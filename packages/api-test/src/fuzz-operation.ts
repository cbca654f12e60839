import fc from 'fast-check';
import { valuesOf, type Words } from './arbitrary.ts';
import { checkResponse } from './check-response.ts';
import type { ApiDocument, ApiOperation, Parameter } from './document.ts';
import { type SentRequest, send, whilePassing } from './send.ts';

export type FuzzOptions = {
  document: ApiDocument;
  /** Words that mean something to the service. */
  words?: Words;
  /** The values of bearer tokens, right and wrong ones. */
  tokens?: readonly string[];
  /** How many requests are sent. */
  numRuns: number;
  /** Moves the clock of the service, where it is a virtual one. */
  passTime?: () => Promise<unknown>;
};

/**
 * Sends an operation requests that its document allows, and such that break it, and checks each response against the
 * document: none may have a status, code or form that is not documented, nor the status 500.
 */
export async function fuzzOperation(
  origin: string,
  operation: ApiOperation,
  { document, numRuns, passTime, tokens = [], words = [] }: FuzzOptions,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(requestsTo(operation, words, tokens), async (request) => {
      const response = await whilePassing(send(origin, request), passTime);
      const problem = checkResponse(document, operation, response);
      if (problem !== undefined) throw new Error(`${request.method} ${request.path}: ${problem}`);
    }),
    { numRuns },
  );
}

function requestsTo(
  { body, method, parameters, path, security }: ApiOperation,
  words: Words,
  tokens: readonly string[],
): fc.Arbitrary<SentRequest> {
  const bodySchema = body?.content['application/json']?.schema;
  const bodies: fc.Arbitrary<string | undefined> =
    bodySchema === undefined
      ? fc.constant(undefined)
      : fc.oneof(
          { weight: 20, arbitrary: valuesOf(bodySchema, words).map((value) => JSON.stringify(value)) },
          { weight: 1, arbitrary: fc.constant(undefined) },
          {
            weight: 1,
            arbitrary: fc.constantFrom('{', '[]', 'null', '{"key":1e400}', '{"a":1,"a":2}', '\u0000'),
          },
        );
  return (
    fc
      .record({
        path: given(parameters, 'path', words, true),
        query: given(parameters, 'query', words),
        headers: given(parameters, 'header', words),
        body: bodies,
        type: fc.oneof(
          { weight: 20, arbitrary: fc.constant('application/json') },
          { weight: 1, arbitrary: fc.constantFrom('text/plain', 'application/json; charset=latin1', 'x') },
        ),
        accept: fc.oneof(
          { weight: 10, arbitrary: fc.constant('*/*') },
          { weight: 1, arbitrary: fc.constantFrom('application/problem+json', 'text/html', 'image/png') },
        ),
        token:
          tokens.length === 0 || security.length === 0
            ? fc.constant(undefined)
            : fc.constantFrom(undefined, ...tokens),
      })
      .map(({ accept, body: text, headers, path: inPath, query, token, type }) => {
        const search = new URLSearchParams(query).toString();
        const filled = Object.entries(inPath).reduce(
          (route, [name, value]) => route.replace(`{${name}}`, () => encodeURIComponent(value)),
          path,
        );
        return {
          method,
          path: search === '' ? filled : `${filled}?${search}`,
          headers: {
            accept,
            ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, headerText(value)])),
            ...(text === undefined ? {} : { 'content-type': type }),
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          },
          body: text,
        };
      })
      // A client resolves these to another path.
      .filter(
        ({ path: sent }) => !/\/(\.|%2e){1,2}(\/|\?|$)/i.test(sent) && !/\/(\/|\?|$)/.test(sent.slice(1)),
      )
  );
}

function given(
  parameters: readonly Parameter[],
  place: Parameter['in'],
  words: Words,
  all = false,
): fc.Arbitrary<Record<string, string>> {
  const inPlace = parameters.filter((parameter) => parameter.in === place);
  const texts = inPlace.map(({ content, name, schema }) => [
    name,
    content === undefined
      ? valuesOf(schema ?? {}, words).map(asText)
      : valuesOf(content['application/json']?.schema ?? {}, words).map((value) => JSON.stringify(value)),
  ]);
  const members: Record<string, fc.Arbitrary<string>> = Object.fromEntries(texts);
  const required: string[] = inPlace.filter((parameter) => parameter.required).map(({ name }) => name);
  return fc
    .oneof(
      { weight: 9, arbitrary: fc.constant(all ? Object.keys(members) : required) },
      { weight: all ? 0 : 1, arbitrary: fc.constant<string[]>([]) },
    )
    .chain((requiredKeys) => fc.record(members, { requiredKeys, noNullPrototype: true }))
    .map((values) =>
      Object.fromEntries(
        Object.entries(values).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
      ),
    );
}

/** A lone surrogate has no percent-encoding, and becomes the replacement character. */
function asText(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString();
}

/** What a client can send as a header. */
function headerText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').trim();
}
