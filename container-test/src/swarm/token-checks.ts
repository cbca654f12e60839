import type { Checks } from '../report/checks.ts';
import { type Asked, expectStatuses } from '../secure/expect-statuses.ts';

export type TokenOptions = {
  nodeUrl: string;
  balancerUrl: string;
  tokens: { cluster: string; admin: string };
};

/** Asks for what only nodes and operators may do, without and with the token of the stack's secrets. */
export async function checkTokens(checks: Checks, options: TokenOptions): Promise<void> {
  const { balancerUrl, nodeUrl, tokens } = options;
  await checks.check('what nodes and operators do is open only to who has the token', () =>
    expectStatuses([
      ['/replicate without a token', 401, ask('POST', `${nodeUrl}/replicate`)],
      ['/snapshot without a token', 401, ask('GET', `${nodeUrl}/snapshot`)],
      ['/members without a token', 401, ask('POST', `${nodeUrl}/members`)],
      ['/snapshot with a wrong token', 401, ask('GET', `${nodeUrl}/snapshot`, `${tokens.cluster}x`)],
      ['/snapshot with the token', 200, ask('GET', `${nodeUrl}/snapshot`, tokens.cluster)],
      ['/faults, which is off', 404, ask('POST', `${nodeUrl}/faults`, tokens.cluster)],
      ['/substations without a token', 401, ask('POST', `${balancerUrl}/substations`)],
      [
        '/substations with the token, but no body',
        400,
        ask('POST', `${balancerUrl}/substations`, tokens.admin),
      ],
    ]),
  );
}

async function ask(method: string, url: string, token?: string): Promise<Awaited<Asked[2]>> {
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
