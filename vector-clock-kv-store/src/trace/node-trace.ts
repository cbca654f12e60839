import { incarnationOf, incarnationSuffix } from '../causality/node-id.ts';
import type { Receipt } from '../causality/replica.ts';
import { counterOf } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import type { FaultObserver } from '../replication/link-faults.ts';
import type { StoreObserver } from '../store/store-observer.ts';
import { summarizeBatch, summarizeWithClock } from './event.ts';
import { EventTrace } from './event-trace.ts';
import { formatTraceContext, parseTraceContext } from './trace-context.ts';

/** About 9 MB with a clock of three nodes: minutes of a demonstration, seconds of heavy load. */
const KEPT_EVENTS = 10_000;

/**
 * Records a node's events. Only `/replicate` messages carry clocks: responses and heartbeats move no writes, and
 * a snapshot is an event of the node that installs it.
 */
export class NodeTrace implements StoreObserver {
  readonly events: EventTrace;

  constructor(events: EventTrace) {
    this.events = events;
  }

  onWrite(write: Write): void {
    this.events.record({ kind: 'write', write: summarizeWithClock(write) });
  }

  onReceipt(write: Write, receipt: Receipt): void {
    if (receipt.status === 'applied') {
      for (const delivered of receipt.delivered) {
        this.events.record({ kind: 'deliver', write: summarizeWithClock(delivered) });
      }
    } else if (receipt.status === 'refused') {
      this.events.record({ kind: 'refuse', write: summarizeWithClock(write) });
    } else if (receipt.status === 'buffered') {
      const { has, missing } = receipt;
      this.events.record({ kind: 'buffer', write: summarizeWithClock(write), missing, has });
    }
  }

  onInstall(): void {
    this.events.record({ kind: 'snapshot' });
  }

  /** Records that a message was sent. Returns the value of its event header. */
  sent(to: string, writes: readonly Write[]): string | undefined {
    const clock = this.events.record({ kind: 'send', to, ...summarizeBatch(writes) });
    return formatTraceContext({ host: this.events.host, clock });
  }

  /**
   * Records that a message was received.
   *
   * @param header the value of its event header
   */
  received(header: string | undefined, writes: readonly Write[]): void {
    const { host, clock } = this.events;
    const parsed = parseTraceContext(header);
    // A clock with events of this host that never happened is forged.
    const context =
      parsed !== undefined && counterOf(parsed.clock, host) <= counterOf(clock, host) ? parsed : undefined;
    const from = context && { node: context.host, counter: counterOf(context.clock, context.host) };
    this.events.record({ kind: 'receive', from, ...summarizeBatch(writes) }, context?.clock);
  }

  /** Returns an observer of the faults on the link to a peer. */
  faultObserver(peer: string): FaultObserver {
    return {
      injected: ({ action }) => this.events.record({ kind: 'fault', peer, phase: 'begin', action }),
      released: () => this.events.record({ kind: 'fault', peer, phase: 'end' }),
      affected: ({ action }, writes) =>
        this.events.record({ kind: 'fault', peer, phase: 'affect', action, ...summarizeBatch(writes) }),
    };
  }
}

/**
 * Starts the trace of one incarnation of a node process. Each incarnation is a separate host, because its events
 * are lost with it and event numbers must not repeat.
 *
 * @param name the node's configured name
 * @param now in milliseconds since 1970
 * @param random uniform in [0, 1)
 */
export function startTrace(name: string, now: () => number, random: () => number): NodeTrace {
  const host = incarnationOf(name, incarnationSuffix(random));
  return new NodeTrace(new EventTrace({ host, capacity: KEPT_EVENTS, now }));
}
