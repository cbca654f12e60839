import { BadRequestError, UnavailableError, validate } from '@gridclock/service-kit';
import type { Request } from 'express';
import { z } from 'zod';
import { BehindError, type CausalStore, type Session } from '../causal-store.ts';
import { counterOf, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import type { ClusterNode } from '../cluster-node.ts';
import { clockSchema } from '../messages.ts';

/** How long a node that is behind the client may take to catch up unless the client says otherwise. */
const DEFAULT_WAIT_MS = 2_000;

/** Longer than any healthy link needs; shorter than the idle limits of common proxies. */
const LONGEST_WAIT_MS = 30_000;

const waitSchema = z.object({
  wait_ms: z
    .string('must be given once')
    .regex(/^\d{1,9}$/, 'must be a whole number of milliseconds')
    .transform(Number)
    .refine((ms) => ms <= LONGEST_WAIT_MS, `must be at most ${LONGEST_WAIT_MS}`)
    .default(DEFAULT_WAIT_MS),
});

/** Reads the causal context of a query: `?vc={"node1":3}`. */
export function contextInQuery(request: Request): VectorClock {
  const { vc } = request.query;
  if (vc === undefined) return zeroClock;
  return validate(z.object({ vc: clockSchema }), { vc: parseJson(vc) }, 'query').vc;
}

/**
 * The session a request stands in.
 *
 * @throws BadRequestError when the context names a node that is none of the cluster's, or writes of this
 *   node that it has not made: waiting for those would be in vain
 */
export function sessionOf(
  request: Request,
  context: VectorClock,
  node: ClusterNode,
  store: CausalStore,
): Session {
  const { wait_ms: waitMs } = validate(waitSchema, { wait_ms: request.query.wait_ms }, 'query');
  const known = Object.entries(context).filter(([id]) => node.directory.knows(id));
  // That a node has joined may be among the very writes that are lacking here.
  const behind = known.some(([id, counter]) => counter > counterOf(node.clock, id));
  for (const [id, counter] of Object.entries(context)) {
    if (!behind && !node.directory.knows(id))
      throw new BadRequestError(`vc.${id}`, 'is not a node of this cluster');
    if (id === store.id && counter > store.made) {
      throw new BadRequestError(`vc.${id}`, `names a write that was never made; the last is ${store.made}`);
    }
  }
  return { context, waitMs };
}

/** Runs a read or write in a session; a node that stays behind answers 503 with what it lacks. */
export async function inSession<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof BehindError)) throw error;
    const { context, clock } = error;
    const missing = Object.entries(context).filter(([id, counter]) => counter > counterOf(clock, id));
    throw new UnavailableError(error.message, { missing: Object.fromEntries(missing), vc: clock });
  }
}

function parseJson(text: unknown): unknown {
  if (typeof text !== 'string') throw new BadRequestError('vc', 'must be given once');
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRequestError('vc', 'is not valid JSON: an object such as {"node1":3} is expected');
  }
}
