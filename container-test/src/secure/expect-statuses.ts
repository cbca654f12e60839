import type { Answer } from './https-client.ts';

/** What is asked, in words, with the status that is right and the answer that came. */
export type Asked = readonly [what: string, status: number, answer: Promise<Pick<Answer, 'status' | 'body'>>];

/** @throws Error naming everything that was answered otherwise */
export async function expectStatuses(asked: readonly Asked[]): Promise<string> {
  const answers = await Promise.all(
    asked.map(async ([what, expected, answer]) => ({ what, expected, ...(await answer) })),
  );
  const wrong = answers
    .filter(({ status, expected }) => status !== expected)
    .map(
      ({ what, status, expected, body }) =>
        `${what} was answered ${status}, not ${expected}: ${JSON.stringify(body)}`,
    );
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  return `${asked.length} answers`;
}

/** Sends one request many times at once. @throws Error unless some, but not all, are refused with 429 */
export async function expectLimit(
  ask: () => Promise<Pick<Answer, 'status'>>,
  times: number,
): Promise<string> {
  const answers = await Promise.all(Array.from({ length: times }, ask));
  const refused = answers.filter(({ status }) => status === 429).length;
  if (refused === 0 || refused === times) throw new Error(`${refused} of ${times} requests were refused`);
  return `${refused} of ${times} requests refused`;
}
