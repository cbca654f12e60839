import { findDifference, findMissingEvent, findMissingLine } from './compare.ts';
import { type ApiDocument, type ApiOperation, type Content, exampleOf, operationsOf } from './document.ts';
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

/** Lists the ids of the operations that have no example. */
export function operationsWithoutExample(document: ApiDocument): string[] {
  const operations = operationsOf(document);
  const shown = new Set(examplesOf(operations).map(({ operation }) => operation.id));
  return operations.map(({ id }) => id).filter((id) => !shown.has(id));
}

/** Sends an example. @param tokens by the names of security schemes */
export function sendExample(
  origin: string,
  { name, operation, shown }: ExampleRun,
  tokens: Readonly<Record<string, string>> = {},
  passTime?: () => Promise<unknown>,
): Promise<ReceivedResponse> {
  const isEnough = (text: string) => findMissingEvent(String(shown), text) === undefined;
  const given = operation.parameters.flatMap((parameter) => {
    const value = exampleOf(parameter, name);
    return value === undefined ? [] : [{ ...parameter, value }];
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
  return whilePassing(send(origin, request, isEnough), passTime);
}

/** Compares a response with the one that the document shows. @returns what differs, or undefined */
export function compareWithShown(shown: unknown, { json, text, type }: ReceivedResponse): string | undefined {
  if (type.endsWith('json')) return findDifference(shown, json);
  return type === 'text/event-stream'
    ? findMissingEvent(String(shown), text)
    : findMissingLine(String(shown), text);
}

function namedIn(content: Content): [string, { value: unknown }][] {
  return Object.values(content).flatMap(({ examples = {} }) => Object.entries(examples));
}
