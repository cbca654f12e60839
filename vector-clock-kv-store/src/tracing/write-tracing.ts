import type { Span, Tracing } from '@gridclock/service-kit/tracing';
import type { Receipt } from '../causality/replica.ts';
import type { Dot } from '../causality/vector-clock.ts';
import { dotOf, type Write } from '../causality/write.ts';
import type { CommitListener } from '../storage/group-commit.ts';
import type { StoreObserver } from '../store/store-observer.ts';
import { formatMessageTraces, parseMessageTraces } from './message-traces.ts';
import { OwnTraces } from './own-traces.ts';

/** A message to a peer whose writes belong to traces. */
export type TracedMessage = {
  /** Carries the traces of its writes. */
  header: string;
  /** Sends the message in its span. */
  traced: <Response extends { status: number }>(send: () => Promise<Response>) => Promise<Response>;
};

/** A write that has arrived from a peer and is not stored yet. */
type Arrival = { delivery: Span; context: string; wait?: Span };

/**
 * Lets the trace of a put go on to its commit, its messages to the peers, and its delivery at each of them.
 *
 * A message has writes of many puts. Its span belongs to the trace of the first and is linked to the others; the
 * delivery of each write belongs to the trace of its put. Writes that a peer gets from another node, by anti-entropy or
 * in a snapshot, have no trace there.
 */
export class WriteTracing implements StoreObserver {
  readonly tracing: Tracing;
  readonly #own = new OwnTraces();
  /** Weak: the buffer may drop a write that never becomes deliverable. */
  readonly #arrivals = new WeakMap<Write, Arrival>();

  constructor(tracing: Tracing) {
    this.tracing = tracing;
  }

  onWrite(write: Write): void {
    const context = this.tracing.current()?.sampledContext;
    if (context !== undefined) this.#own.add(write, context);
  }

  onReceipt(write: Write, receipt: Receipt): void {
    if (receipt.status === 'applied') {
      for (const delivered of receipt.delivered) this.#arrivals.get(delivered)?.wait?.end();
      return;
    }
    const arrival = this.#arrivals.get(write);
    if (arrival === undefined) return;
    if (receipt.status === 'buffered') this.#buffered(receipt.missing, arrival);
    else if (receipt.status === 'refused') arrival.delivery.end('the buffer is full');
    // A duplicate is no delivery: its span is dropped.
  }

  onInstall(): void {}

  /** Returns a listener that also records the commits of traced writes. */
  afterCommit(listener: CommitListener): CommitListener {
    return (writes, tookMs) => {
      listener(writes, tookMs);
      const parents = new Set<string>();
      for (const write of writes) {
        const arrival = this.#arrivals.get(write);
        const parent = arrival?.context ?? this.#own.of(write);
        if (parent !== undefined) parents.add(parent);
      }
      const attributes = { 'gridclock.commit.writes': writes.length };
      for (const parent of parents) this.tracing.record('commit', tookMs, { parent, attributes });
      for (const write of writes) {
        this.#arrivals.get(write)?.delivery.end();
        this.#arrivals.delete(write);
      }
    };
  }

  /** Begins a message to a peer; undefined if none of its writes has a trace. */
  messageTo(peer: string, writes: readonly Write[]): TracedMessage | undefined {
    const traced = this.#own.ofMessage(writes);
    const [parent, ...links] = new Set(traced.map(({ context }) => context));
    if (parent === undefined) return undefined;
    const attributes = { 'gridclock.peer': peer, 'gridclock.message.writes': writes.length };
    const span = this.tracing.start(`replicate to ${peer}`, { kind: 'client', parent, links, attributes });
    return { header: formatMessageTraces(traced), traced: (send) => this.#send(span, send) };
  }

  /** Begins the deliveries of a message's writes that carry traces. To be called before the store receives them. */
  arrived(header: string | undefined, writes: readonly Write[]): void {
    const message = this.tracing.current()?.sampledContext;
    for (const { context: parent, index } of parseMessageTraces(header)) {
      const write = writes[index];
      if (write === undefined) continue;
      const { counter, node } = dotOf(write);
      const delivery = this.tracing.start('deliver', {
        parent,
        links: message === undefined ? [] : [message],
        attributes: { 'gridclock.write.sender': node, 'gridclock.write.number': counter },
      });
      const context = delivery.sampledContext;
      if (context !== undefined) this.#arrivals.set(write, { delivery, context });
    }
  }

  #buffered(missing: Dot, arrival: Arrival): void {
    const { context: parent, delivery } = arrival;
    const attributes = { 'gridclock.missing': `${missing.node}:${missing.counter}` };
    delivery.set({ 'gridclock.outcome': 'buffered' });
    arrival.wait = this.tracing.start('wait for a dependency', { parent, attributes });
  }

  async #send<Response extends { status: number }>(
    span: Span,
    send: () => Promise<Response>,
  ): Promise<Response> {
    try {
      const response = await this.tracing.within(span, send);
      span.end(response.status >= 400 ? `the peer responded ${response.status}` : undefined);
      return response;
    } catch (error) {
      span.end(error instanceof Error ? error.message : String(error));
      throw error;
    }
  }
}
