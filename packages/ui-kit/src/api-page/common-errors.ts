import { type ApiDocument, codesOf, operationsOf, responsesOf } from './document.ts';

/** Codes of errors by status. */
export type ErrorCodes = ReadonlyMap<string, readonly string[]>;

/** Returns the errors that every operation may respond with: a page says so once. */
export function commonErrors(api: ApiDocument): ErrorCodes {
  const all = api.tags
    .flatMap(({ name }) => operationsOf(api, name))
    .map((operation) => errorsOf(responsesOf(api, operation)));
  const [first = new Map<string, string[]>(), ...others] = all;
  const common = [...first].map(([status, codes]): [string, string[]] => [
    status,
    codes.filter((code) => others.every((errors) => errors.get(status)?.includes(code))),
  ]);
  return new Map(common.filter(([, codes]) => codes.length > 0));
}

/** Returns the errors of an operation that not every operation has. */
export function ownErrors(responses: ReturnType<typeof responsesOf>, common: ErrorCodes): ErrorCodes {
  const own = [...errorsOf(responses)].map(([status, codes]): [string, string[]] => [
    status,
    codes.filter((code) => !common.get(status)?.includes(code)),
  ]);
  return new Map(own.filter(([, codes]) => codes.length > 0));
}

function errorsOf(responses: ReturnType<typeof responsesOf>): Map<string, string[]> {
  return new Map(
    responses
      .filter(([status]) => Number(status) >= 400)
      .map(([status, response]) => [status, codesOf(response)]),
  );
}
