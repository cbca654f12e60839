import type { Checks } from '../report/checks.ts';
import { expectStatuses } from '../secure/expect-responses.ts';

export type Tokens = { cluster: string; admin: string };

export type TokenOptions = { nodeUrl: string; balancerUrl: string; tokens: Tokens };

/** Sends requests that only nodes and operators may make, with and without the stack's tokens. */
export async function checkTokens(checks: Checks, options: TokenOptions): Promise<void> {
  const { balancerUrl, nodeUrl, tokens } = options;
  await checks.check('routes for nodes and operators require the token', () =>
    expectStatuses([
      ['POST /replicate without a token', 401, send('POST', `${nodeUrl}/replicate`)],
      ['GET /snapshot without a token', 401, send('GET', `${nodeUrl}/snapshot`)],
      ['POST /members without a token', 401, send('POST', `${nodeUrl}/members`)],
      ['GET /snapshot with a wrong token', 401, send('GET', `${nodeUrl}/snapshot`, `${tokens.cluster}x`)],
      ['GET /snapshot with the token', 200, send('GET', `${nodeUrl}/snapshot`, tokens.cluster)],
      ['POST /faults, which is off', 404, send('POST', `${nodeUrl}/faults`, tokens.cluster)],
      ['POST /substations without a token', 401, send('POST', `${balancerUrl}/substations`)],
      [
        'POST /substations with the token but an empty body',
        400,
        send('POST', `${balancerUrl}/substations`, tokens.admin),
      ],
    ]),
  );
}

async function send(method: string, url: string, token?: string) {
  const response = await fetch(url, {
    method,
    headers: {
      ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(method === 'POST' ? { body: '{}' } : {}),
  });
  return { status: response.status, body: { text: await response.text() } };
}
