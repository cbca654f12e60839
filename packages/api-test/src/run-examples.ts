import type { ApiOperation, Content } from './document.ts';
import { type ReceivedResponse, send, whilePassing } from './send.ts';

/** An example of an operation, and the response that the document shows for it. */
export type ExampleRun = { operation: ApiOperation; name: string; status: number; shown: unknown };

/** Lists the examples of operations. */
export function examplesOf(operations: readonly ApiOperation[]): ExampleRun[] {
  return operations.flatMap((operation) =>
    [...operation.responses].flatMap(([status, { content = {} }]) =>
      namedIn(content).map(([name, { value }]) => ({ operation, name, status, shown: value })),
    ),
  );
}

/** Sends an example. @param tokens by the names of security schemes */
export function sendExample(
  origin: string,
  { name, operation }: ExampleRun,
  tokens: Readonly<Record<string, string>> = {},
  passTime?: () => Promise<unknown>,
): Promise<ReceivedResponse> {
  const given = operation.parameters.flatMap((parameter) => {
    const value = parameter.examples?.[name]?.value;
    return value === undefined ? [] : [{ ...parameter, value: String(value) }];
  });
  const path = given
    .filter((parameter) => parameter.in === 'path')
    .reduce(
      (text, parameter) => text.replace(`{${parameter.name}}`, encodeURIComponent(parameter.value)),
      operation.path,
    );
  const query = new URLSearchParams(
    given
      .filter((parameter) => parameter.in === 'query')
      .map((parameter) => [parameter.name, parameter.value]),
  ).toString();
  const body = operation.body?.content['application/json']?.examples?.[name]?.value;
  const [token] = operation.security.flatMap((scheme) => tokens[scheme] ?? []);
  const request = {
    method: operation.method,
    path: query === '' ? path : `${path}?${query}`,
    headers: {
      ...Object.fromEntries(
        given
          .filter((parameter) => parameter.in === 'header')
          .map((parameter) => [parameter.name, parameter.value]),
      ),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  };
  return whilePassing(send(origin, request), passTime);
}

/**
 * Compares the members of a response with those that the document shows, by name and type; ids, times and loads differ.
 *
 * @returns the path of the first difference, or undefined
 */
export function shapeDifference(shown: unknown, received: unknown, path = '$'): string | undefined {
  if (typeof shown !== typeof received || (shown === null) !== (received === null)) return path;
  if (typeof shown !== 'object' || shown === null || typeof received !== 'object' || received === null)
    return undefined;
  if (Array.isArray(shown) !== Array.isArray(received)) return path;
  // Maps and lists, such as clocks and members, depend on what happened before.
  if (Array.isArray(shown)) return undefined;
  for (const [name, value] of Object.entries(shown)) {
    if (/^(vc|vector_clock|clock)$/.test(path.slice(path.lastIndexOf('.') + 1))) return undefined;
    const difference = shapeDifference(value, Reflect.get(received, name), `${path}.${name}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function namedIn(content: Content): [string, { value: unknown }][] {
  return Object.values(content).flatMap(({ examples = {} }) => Object.entries(examples));
}
