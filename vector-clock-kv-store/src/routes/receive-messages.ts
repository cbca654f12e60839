import { BadRequestError, HttpError, UnavailableError } from '@gridclock/service-kit';
import { type NodeId, nameOf } from '../causality/node-id.ts';
import { counterOf } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import type { ClusterNode } from '../cluster-node.ts';
import { MAX_LIVE_IDS } from '../limits.ts';
import { SHORT_WRITES } from '../replication/wire-formats.ts';
import type { CausalStore } from '../store/causal-store.ts';
import type { ReceivedStatus } from '../store/receive-writes.ts';
import type { NodeTrace } from '../trace/node-trace.ts';
import type { WriteTracing } from '../tracing/write-tracing.ts';
import { checkWire } from './check-wire.ts';
import { readWrites } from './read-writes.ts';
import { checkReceivedValue } from './value-limits.ts';
import { unavailable } from './write-errors.ts';

/**
 * What the headers of `POST /replicate` say: the sender's id, the life it is for, its version, its trace context and
 * the traces of its writes.
 */
export type MessageHeaders = Record<'from' | 'to' | 'wire' | 'event' | 'traces', string | undefined>;

/** What observes the messages of peers. */
export type ReplicationObservers = {
  onReceived: (statuses: readonly ReceivedStatus[]) => void;
  trace: NodeTrace | undefined;
  tracing?: WriteTracing | undefined;
};

/** A batch has the first of these statuses that any of its messages has. */
const statusPrecedence: readonly ReceivedStatus[] = [
  'refused',
  'no-room',
  'buffered',
  'applied',
  'duplicate',
];

/** Handles the body of `POST /replicate`, and returns that of the response. */
export async function receiveMessages(
  node: ClusterNode,
  body: unknown,
  { event, from, to, traces, wire }: MessageHeaders,
  { onReceived, trace, tracing }: ReplicationObservers,
): Promise<object> {
  const version = checkWire(wire, node.identities.wire.own);
  const { items, texts, writes } = readWrites(body, version);
  if (from !== undefined && node.directory.isRemoved(nameOf(from))) {
    throw new HttpError(410, `${from} was removed from the cluster; to add it again, POST /members`, {
      code: 'removed_member',
    });
  }
  if (to !== undefined && to !== node.life) {
    throw new HttpError(
      421,
      'This is another process than the one that the message is for; compare clocks first',
      { code: 'another_process' },
    );
  }
  const { store } = node;
  if (store === undefined)
    throw new UnavailableError('This node is starting', { code: 'not_serving', status: node.status });
  const known = new Set<NodeId>();
  const knows = (id: NodeId) => {
    if (known.has(id)) return true;
    if (!node.directory.knows(id)) return false;
    known.add(id);
    return true;
  };
  let index = 0;
  const field = (name: string) => (Array.isArray(body) ? `${index}.${name}` : name);
  const valueField = () => field('value');
  for (const write of writes) {
    // In the short form, it has the clock of the one before it, but for its sender's entry.
    if (write === items[index] || write.sender === store.id) checkClock(write, field, knows, store);
    checkReceivedValue(write.value, valueField);
    index++;
  }
  const objection = node.identities.objectionTo(writes, from);
  if (objection !== undefined) throw new HttpError(409, objection, { code: 'identity_taken' });
  trace?.received(event, writes);
  tracing?.arrived(traces, writes);
  const statuses = await store.receive(writes, texts).catch((error: unknown) => {
    throw unavailable(error);
  });
  onReceived(statuses);
  const status = statusPrecedence.find((candidate) => statuses.includes(candidate));
  // As long as the list itself: of use only where they differ. The first version has them always.
  const areListed = Array.isArray(body) && (version < SHORT_WRITES || statuses.some((one) => one !== status));
  const result = { status, vc: store.liveClock, ...(areListed ? { statuses } : {}) };
  if (status === 'refused')
    throw new UnavailableError('The causal buffer is full; send again', { code: 'buffer_full', ...result });
  if (status === 'no-room')
    throw new UnavailableError(
      `The clock of this node has ${MAX_LIVE_IDS} node ids, the most it may have; send again once it has retired some`,
      { code: 'too_many_ids', ...result },
    );
  return result;
}

/**
 * Checks the clock of a well-formed message against the node's state.
 *
 * @param field returns the path of a member of the message, for an error
 * @throws BadRequestError
 */
function checkClock(
  { sender, vc }: Write,
  field: (name: string) => string,
  knows: (id: NodeId) => boolean,
  store: CausalStore,
): void {
  if (!knows(sender)) throw new BadRequestError(field('sender'), `${sender} is not a node of this cluster`);
  for (const id in vc) {
    if (!knows(id)) throw new BadRequestError(field(`vc.${id}`), 'is not a node of this cluster');
  }
  if (counterOf(vc, store.id) > store.ownCounter) {
    throw new BadRequestError(
      field(`vc.${store.id}`),
      `names a write that was never made; the last is ${store.ownCounter}`,
    );
  }
}
