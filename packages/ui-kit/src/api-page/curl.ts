import { exampleOf, isOpen, type Placed } from './document.ts';

/** Returns the command line that sends an example of an operation. */
export function curlOf(operation: Placed, example: string, origin: string): string {
  const { method, parameters = [], requestBody } = operation;
  const given = parameters.flatMap((parameter) => {
    const value = exampleOf(parameter, example);
    return value === undefined ? [] : [{ ...parameter, value }];
  });
  const path = given
    .filter((parameter) => parameter.in === 'path')
    .reduce((text, { name, value }) => text.replace(`{${name}}`, encodeURIComponent(value)), operation.path);
  const query = new URLSearchParams(
    given.filter((parameter) => parameter.in === 'query').map(({ name, value }) => [name, value]),
  ).toString();
  const body = requestBody?.content['application/json']?.examples?.[example]?.value;
  return [
    `curl${isStream(operation) ? ' -N' : ''}${method === 'GET' ? '' : ` -X ${method}`} ${quote(`${origin}${path}${query === '' ? '' : `?${query}`}`)}`,
    ...given
      .filter((parameter) => parameter.in === 'header')
      .map(({ name, value }) => `-H ${quote(`${name}: ${value}`)}`),
    ...(isOpen(operation) ? [] : ["-H 'Authorization: Bearer …'"]),
    ...(body === undefined
      ? []
      : ["-H 'Content-Type: application/json'", `-d ${quote(JSON.stringify(body))}`]),
  ].join(' \\\n  ');
}

/** A stream is shown as it arrives. */
function isStream({ responses }: Placed): boolean {
  const [first] = Object.values(responses);
  return first !== undefined && !('$ref' in first) && 'text/event-stream' in (first.content ?? {});
}

/** Returns the names of an operation's examples. */
export function examplesOf({ parameters = [], requestBody, responses }: Placed): string[] {
  const named = [
    ...parameters.flatMap((parameter) => [parameter.examples, ...contentsOf(parameter)]),
    ...contentsOf(requestBody),
    ...Object.values(responses).flatMap((response) => ('$ref' in response ? [] : contentsOf(response))),
  ];
  return [...new Set(named.flatMap((examples) => Object.keys(examples ?? {})))];
}

function contentsOf(part: { content?: { [type: string]: { examples?: object } } } | undefined) {
  return Object.values(part?.content ?? {}).map(({ examples }) => examples);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
