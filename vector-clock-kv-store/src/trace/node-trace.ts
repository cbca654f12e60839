import type { Receipt } from '../causality/replica.ts';
import { counterOf, missingDependency, type VectorClock } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import type { FaultObserver } from '../replication/faulty-transport.ts';
import type { StoreObserver } from '../store-observer.ts';
import { summarize, summarizeAll } from './event.ts';
import type { EventTrace } from './event-trace.ts';
import { formatTraceContext, parseTraceContext } from './trace-context.ts';

/**
 * What a node tells its trace. Only messages of `/replicate` carry clocks: answers and heartbeats move no
 * writes, and a snapshot is an event of whoever takes it in.
 */
export class NodeTrace implements StoreObserver {
  readonly events: EventTrace;

  constructor(events: EventTrace) {
    this.events = events;
  }

  onWrite(write: Write): void {
    this.events.record({ kind: 'write', write: summarize(write) });
  }

  onReceipt(write: Write, receipt: Receipt, clock: VectorClock): void {
    if (receipt.status === 'applied') {
      for (const delivered of receipt.delivered) {
        this.events.record({ kind: 'deliver', write: summarize(delivered) });
      }
    } else if (receipt.status === 'refused') {
      this.events.record({ kind: 'refuse', write: summarize(write) });
    } else if (receipt.status === 'buffered') {
      const missing = missingDependency(clock, write.sender, write.vc);
      if (missing !== undefined) this.events.record({ kind: 'buffer', write: summarize(write), missing });
    }
  }

  onInstall(): void {
    this.events.record({ kind: 'snapshot' });
  }

  /** @returns what the message is to carry as its stamp */
  sent(to: string, writes: readonly Write[]): string | undefined {
    const clock = this.events.record({ kind: 'send', to, ...summarizeAll(writes) });
    return formatTraceContext({ host: this.events.host, clock });
  }

  /** @param stamp what the message carried, if anything */
  received(stamp: string | undefined, writes: readonly Write[]): void {
    const { host, clock } = this.events;
    const read = parseTraceContext(stamp);
    // A clock that counts events of this host that never were is made up.
    const heard =
      read !== undefined && counterOf(read.clock, host) <= counterOf(clock, host) ? read : undefined;
    const from = heard && { node: heard.host, counter: counterOf(heard.clock, heard.host) };
    this.events.record({ kind: 'receive', from, ...summarizeAll(writes) }, heard?.clock);
  }

  /** The observer of the gate on the way to a peer. */
  faultObserver(peer: string): FaultObserver {
    return {
      injected: ({ action }) => this.events.record({ kind: 'fault', peer, phase: 'begin', action }),
      released: () => this.events.record({ kind: 'fault', peer, phase: 'end' }),
      affected: ({ action }, writes) =>
        this.events.record({ kind: 'fault', peer, phase: 'affect', action, ...summarizeAll(writes) }),
    };
  }
}
