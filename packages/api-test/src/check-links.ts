import type { CallOptions } from './check-examples.ts';
import { checkResponse } from './check-response.ts';
import {
  type ApiDocument,
  type ApiOperation,
  type DocumentedLink,
  exampleOf,
  operationsOf,
} from './document.ts';
import { type ExampleRun, examplesOf, sendExample } from './run-examples.ts';
import { type ReceivedResponse, type SentRequest, send, whilePassing } from './send.ts';

/**
 * Follows every link of a document: sends the examples of its operation, takes the values that the link names from the
 * request and the response, and calls the operation that it leads to. A link whose values are not there, such as that to
 * the next page behind the last one, is left out.
 *
 * @returns the names of the links, and what is wrong
 */
export async function checkLinks(
  origin: string,
  document: ApiDocument,
  { passTime, tokens = {} }: CallOptions = {},
): Promise<{ names: string[]; problems: string[] }> {
  const names: string[] = [];
  const problems: string[] = [];
  const operations = operationsOf(document);
  const targets = new Map(operations.map((operation) => [operation.id, operation]));
  for (const example of examplesOf(operations))
    for (const [linkName, link] of Object.entries(linksOf(example))) {
      const name = `${example.operation.id}, ${example.name}: ${linkName}`;
      const first = await sendExample(origin, example, tokens, passTime);
      const target = targets.get(link.operationId);
      if (target === undefined) {
        problems.push(`${name}: there is no operation ${link.operationId}`);
        continue;
      }
      const values = valuesOf(link, example, first);
      if (values === undefined) continue;
      names.push(name);
      const request = requestOf(target, values, first, tokens);
      const response = await whilePassing(send(origin, request), passTime);
      const problem =
        response.status < 400 ? checkResponse(document, target, response) : `status ${response.status}`;
      if (problem !== undefined) problems.push(`${name}: ${problem}: ${request.path}: ${response.text}`);
    }
  return { names, problems };
}

function linksOf({ operation, status }: ExampleRun): { [name: string]: DocumentedLink } {
  return operation.responses.get(status)?.links ?? {};
}

/** Returns the values of a link's parameters; undefined if one is not there. */
function valuesOf(
  { parameters }: DocumentedLink,
  example: ExampleRun,
  received: ReceivedResponse,
): Map<string, string> | undefined {
  const values = new Map<string, string>();
  for (const [name, expression] of Object.entries(parameters)) {
    const value = evaluate(expression, example, received);
    if (value === undefined) return undefined;
    values.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return values;
}

function requestOf(
  target: ApiOperation,
  values: ReadonlyMap<string, string>,
  received: ReceivedResponse,
  tokens: Readonly<Record<string, string>>,
): SentRequest {
  let { path } = target;
  const query = new URLSearchParams();
  for (const [name, value] of values) {
    if (path.includes(`{${name}}`)) path = path.replace(`{${name}}`, () => encodeURIComponent(value));
    else query.set(name, value);
  }
  // A session is read with the secret that came with it.
  const given: Readonly<Record<string, string>> = {
    ...tokens,
    sessionSecret: String(memberAt(received.json, '/session_secret')),
  };
  const [token] = target.security.flatMap((scheme) => given[scheme] ?? []);
  return {
    method: target.method,
    path: query.size === 0 ? path : `${path}?${query}`,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    body: undefined,
  };
}

/** Evaluates a runtime expression of OpenAPI. */
function evaluate(expression: string, { name, operation }: ExampleRun, { json }: ReceivedResponse): unknown {
  const [, place, pointer] =
    /^\$(response\.body|request\.body|request\.query|request\.path)[#.](.*)$/.exec(expression) ?? [];
  if (place === undefined || pointer === undefined) return undefined;
  if (place === 'response.body') return memberAt(json, pointer);
  if (place === 'request.body')
    return memberAt(operation.body?.content['application/json']?.examples?.[name]?.value, pointer);
  const parameter = operation.parameters.find((each) => each.name === pointer);
  return parameter === undefined ? undefined : exampleOf(parameter, name);
}

function memberAt(value: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (part, name) => (typeof part === 'object' && part !== null ? Reflect.get(part, name) : undefined),
      value,
    );
}
