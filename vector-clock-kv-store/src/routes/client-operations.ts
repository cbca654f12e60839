import { BadRequestError, HttpError } from '@gridclock/service-kit';
import { OverBudgetError } from '@gridclock/service-kit/budget';
import { memoryBytes } from '../causality/memory-size.ts';
import { counterOf } from '../causality/vector-clock.ts';
import type { KeyValue } from '../causality/write.ts';
import type { ClusterNode } from '../cluster-node.ts';
import type { Session } from '../store/session-gate.ts';
import { serving } from './serving.ts';
import { checkContext, contextBody, inSession } from './session.ts';

/** A client's write; a value of null deletes the key. */
export type ClientWrite = KeyValue & { acks: number };

/** Writes that a client sends together, and the JSON of each, if it is at hand. */
type ClientWrites = { writes: readonly KeyValue[]; acks: number; texts?: readonly string[] | undefined };

/** Makes a client's write, and returns the body of the response once enough nodes have stored it. */
export function writeKey(
  node: ClusterNode,
  { acks, key, value }: ClientWrite,
  session: Session,
): Promise<object> {
  return writeAll(node, { writes: [{ key, value }], acks }, session);
}

/** Makes a client's writes in their order, each after the one before. `vc` in the response is the last one's clock. */
export async function writeAll(
  node: ClusterNode,
  { acks, texts, writes }: ClientWrites,
  session: Session,
): Promise<object> {
  const { store, replicator } = serving(node);
  const { size } = node.directory;
  if (acks > size) throw new BadRequestError('acks', `must be at most ${size}, the number of nodes`);
  checkContext(session.context, node, store);
  const vc = await inSession(async () => {
    node.checkLogRoom();
    return store.putAll(writes, session, texts);
  });
  const body = { status: 'ok', ...contextBody(session.context, vc) };
  // Stored here: that is one.
  if (acks === 1) return body;
  const counter = counterOf(vc, store.id);
  let budget: string | undefined;
  const storedOn = await replicator
    .storedOn(counter, acks, session.waitMs, memoryBytes(writes))
    .catch((error: unknown) => {
      if (!(error instanceof OverBudgetError)) throw error;
      budget = error.budget;
      return replicator.copies(counter);
    });
  if (storedOn >= acks) return body;
  throw new HttpError(503, 'The write was made, but too few nodes have stored it yet; do not repeat it', {
    code: 'too_few_copies',
    vc,
    stored_on: storedOn,
    acks,
    ...(budget === undefined ? {} : { budget }),
  });
}

/** Reads a key for a client, and returns the body of the response. */
export async function readKey(node: ClusterNode, key: string, session: Session): Promise<object> {
  const { store } = serving(node);
  checkContext(session.context, node, store);
  const { versions, vc } = await inSession(() => store.get(key, session));
  return {
    key,
    value: versions[0]?.value ?? null,
    ...contextBody(session.context, vc),
    ...(versions.length > 1 ? { siblings: versions } : {}),
  };
}
