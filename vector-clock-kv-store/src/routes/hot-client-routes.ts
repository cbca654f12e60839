import { type HotResponse, type HotRoute, validate } from '@gridclock/service-kit';
import { zeroClock } from '../causality/vector-clock.ts';
import type { ClusterNode } from '../cluster-node.ts';
import { getSchema, putSchema } from '../messages/client.ts';
import { readKey, writeKey } from './client-operations.ts';
import { DEFAULT_WAIT_MS } from './session.ts';
import { checkAcceptedValue } from './value-limits.ts';

/** A key that needs no decoding. */
const plainKeyQuery = /^key=([\w.~-]{1,256})$/;

/** A TLS proxy in front asks clients for a token; the node ignores it. */
const CLIENT_TOKEN = 'authorization';

const putNames = new Set(Object.keys(putSchema.shape));

/** The ordinary cases of `POST /put` and `GET /get`; `clientRoutes` has all of them. */
export function hotClientRoutes(node: ClusterNode): HotRoute[] {
  const respond = async (body: Promise<object>): Promise<HotResponse> => ({
    status: 200,
    text: JSON.stringify(await body),
  });
  return [
    {
      method: 'POST',
      path: '/put',
      headers: [CLIENT_TOKEN],
      serve({ body, query }) {
        if (node.stopped || query !== '' || !hasKnownNames(body)) return undefined;
        const { acks, key, value, vc: context = zeroClock } = validate(putSchema, body, 'body');
        checkAcceptedValue(value, () => 'value');
        return respond(writeKey(node, { key, value, acks }, { context, waitMs: DEFAULT_WAIT_MS }));
      },
    },
    {
      method: 'GET',
      path: '/get',
      headers: [CLIENT_TOKEN],
      serve({ query }) {
        const [, plainKey] = plainKeyQuery.exec(query) ?? [];
        if (node.stopped || plainKey === undefined) return undefined;
        const { key } = validate(getSchema, { key: plainKey }, 'query');
        return respond(readKey(node, key, { context: zeroClock, waitMs: DEFAULT_WAIT_MS }));
      },
    },
  ];
}

/** Reports whether a body has no name that `checkNames` refuses or names in a header. */
function hasKnownNames(body: unknown): body is object {
  if (typeof body !== 'object' || body === null) return false;
  for (const name of Object.keys(body)) if (!putNames.has(name)) return false;
  return true;
}
