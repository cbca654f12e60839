import { checkResponse } from './check-response.ts';
import { type ApiDocument, operationsOf } from './document.ts';
import { compareWithShown, examplesOf, sendExample } from './run-examples.ts';

/** What a request to a service needs. */
export type CallOptions = {
  /** Tokens by the names of security schemes. */
  tokens?: Readonly<Record<string, string>>;
  /** Moves the clock of the service, where it is a virtual one. */
  passTime?: () => Promise<unknown>;
};

/**
 * Sends every example of a document, in its order, and compares the responses with those that it shows.
 *
 * @returns the names of the examples, and what differs
 */
export async function checkExamples(
  origin: string,
  document: ApiDocument,
  { passTime, tokens }: CallOptions = {},
): Promise<{ names: string[]; problems: string[] }> {
  const names: string[] = [];
  const problems: string[] = [];
  for (const example of examplesOf(operationsOf(document))) {
    const { operation, shown, status } = example;
    const name = `${operation.id}, ${example.name}`;
    names.push(name);
    const response = await sendExample(origin, example, tokens, passTime);
    const difference = compareWithShown(shown, response);
    const problem =
      response.status !== status
        ? `status ${response.status}, not ${status}`
        : (checkResponse(document, operation, response) ??
          (difference === undefined ? undefined : `another response at ${difference}`));
    if (problem !== undefined) problems.push(`${name}: ${problem}: ${response.text}`);
  }
  return { names, problems };
}
