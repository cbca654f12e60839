import { BadRequestError, UnavailableError, validate } from '@gridclock/service-kit';
import type { Request } from 'express';
import { z } from 'zod';
import { counterOf, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import type { ClusterNode } from '../cluster-node.ts';
import { clockSchema } from '../messages/clock.ts';
import { impliedIds } from '../retirement/reported-clocks.ts';
import type { CausalStore } from '../store/causal-store.ts';
import { BehindError, type Session } from '../store/session-gate.ts';
import { unavailable } from './write-errors.ts';

/** 2 s: replication takes milliseconds, so a node that needs longer is cut off. */
export const DEFAULT_WAIT_MS = 2_000;

/** 30 s: longer than a working link needs, shorter than the idle timeout of common proxies. */
export const MAX_WAIT_MS = 30_000;

/** How long a request may wait for what its client has seen. */
export const waitSchema = z.object({
  wait_ms: z
    .string('must be given once')
    .regex(/^\d{1,9}$/, 'must be a whole number of milliseconds')
    .transform(Number)
    .refine((ms) => ms <= MAX_WAIT_MS, `must be at most ${MAX_WAIT_MS}`)
    .meta({
      description: `How many milliseconds the node may take to catch up; ${DEFAULT_WAIT_MS} by default, at most ${MAX_WAIT_MS}.`,
    }),
});

/** Carries a causal context as JSON, where a request has no body: a URL of many KB is too long for many proxies. */
const CONTEXT_HEADER = 'x-causal-context';

/** A causal context in the query. */
export const inQuerySchema = z.object({ vc: clockSchema });

/** A causal context in a header. */
export const inHeaderSchema = z.object({ [CONTEXT_HEADER]: clockSchema });

/**
 * Parses the causal context of a request: `vc` in its body, `?vc={"node1":3}` in its query, or the same JSON in the
 * header `x-causal-context`.
 *
 * @param inBody the context in the body, if the request has one
 * @returns undefined if the request has no context
 * @throws BadRequestError if it has more than one
 */
export function contextOf(request: Request, inBody?: VectorClock): VectorClock | undefined {
  const { vc: inQuery } = request.query;
  const inHeader = request.get(CONTEXT_HEADER);
  if ([inBody, inQuery, inHeader].filter((given) => given !== undefined).length > 1)
    throw new BadRequestError('vc', `must be given once: in the body, the query or ${CONTEXT_HEADER}`);
  if (inQuery !== undefined) return validate(inQuerySchema, { vc: parseJson('vc', inQuery) }, 'query').vc;
  if (inHeader === undefined) return inBody;
  const headers = { [CONTEXT_HEADER]: parseJson(CONTEXT_HEADER, inHeader) };
  return validate(inHeaderSchema, headers, 'headers')[CONTEXT_HEADER];
}

/** Returns the members of a response with the client's new context, given the one that it sent. */
export function contextBody(
  context: VectorClock,
  vc: VectorClock,
): { vc: VectorClock; retired?: readonly string[] } {
  const retired = impliedIds(context, vc);
  return retired.length === 0 ? { vc } : { vc, retired };
}

/**
 * Returns the session of a request. Whether the context can ever be reached is for `checkContext`.
 *
 * @param inBody the context in the body, if the request has one
 */
export function sessionOf(request: Request, inBody?: VectorClock): Session {
  return { context: contextOf(request, inBody) ?? zeroClock, waitMs: waitMsOf(request) };
}

/** Returns how long a request may wait for what its client has seen. */
export function waitMsOf({ query: { wait_ms: given } }: Request): number {
  return given === undefined ? DEFAULT_WAIT_MS : validate(waitSchema, { wait_ms: given }, 'query').wait_ms;
}

/**
 * Checks that this node can ever have seen a context: waiting for any other would never succeed.
 *
 * @throws BadRequestError if the context names an unknown node or a write that this node never made
 */
export function checkContext(context: VectorClock, node: ClusterNode, store: CausalStore): void {
  if (context === zeroClock) return;
  const known = Object.entries(context).filter(([id]) => node.directory.knows(id));
  // If this node is behind, the write that adds the unknown node may be among those it is missing.
  const behind = known.some(([id, counter]) => counter > counterOf(node.clock, id));
  for (const [id, counter] of Object.entries(context)) {
    if (!behind && !node.directory.knows(id))
      throw new BadRequestError(`vc.${id}`, 'is not a node of this cluster');
    if (id === store.id && counter > store.ownCounter) {
      throw new BadRequestError(
        `vc.${id}`,
        `names a write that was never made; the last is ${store.ownCounter}`,
      );
    }
  }
}

/** Runs a read or write in a session. If the node stays behind, throws a 503 that lists the missing writes. */
export async function inSession<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof BehindError)) throw unavailable(error);
    const { context, clock, retired } = error;
    const missing = Object.entries(context).filter(([id, counter]) => counter > counterOf(clock, id));
    throw new UnavailableError(error.message, {
      code: 'behind_context',
      missing: Object.fromEntries(missing),
      vc: retired.compact(clock),
    });
  }
}

function parseJson(field: string, text: unknown): unknown {
  if (typeof text !== 'string') throw new BadRequestError(field, 'must be given once');
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRequestError(field, 'is not valid JSON; send an object, such as {"node1":3}');
  }
}
