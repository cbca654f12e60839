import { Replica } from '../../vector-clock-kv-store/src/causality/replica.ts';
import { Retirements } from '../../vector-clock-kv-store/src/causality/retirements.ts';
import {
  counterOf,
  type Dot,
  dotKey,
  missingDependency,
  type VectorClock,
  zeroClock,
} from '../../vector-clock-kv-store/src/causality/vector-clock.ts';
import { type Version, withWrite } from '../../vector-clock-kv-store/src/causality/versions.ts';
import { dotOf, type Write } from '../../vector-clock-kv-store/src/causality/write.ts';
import {
  summarizeBatch,
  summarizeWithClock,
  type TracedEvent,
} from '../../vector-clock-kv-store/src/trace/event.ts';
import { EventTrace } from '../../vector-clock-kv-store/src/trace/event-trace.ts';
import type { Operation } from '../../vector-clock-kv-store/src/verification/history/history.ts';
import { type DeliveryRule, NaiveReplica } from './naive-replica.ts';

export type RuleName = 'causal' | 'naive';

/** What can happen to a link and its messages. */
type LinkFault = 'hold' | 'cut' | 'drop' | 'duplicate' | 'reorder';

/** A message on its way: a write, and the event clock of its send event. */
export type Message = { write: Write; sent: VectorClock };

const BUFFER = { writes: 1_000, bytes: 1_000_000 };

/** Longer than the longest trace that a scenario makes. */
const TRACE_CAPACITY = 10_000;

/**
 * One node: the store's causal core, or the naive rule, with the store's versions and its trace of events. Its client
 * reads every key after each delivery, and records what it sees for the checker.
 */
export class PlayedNode {
  readonly name: string;
  readonly rule: DeliveryRule;
  readonly versions = new Map<string, readonly Version[]>();
  readonly operations: Operation[] = [];
  /** The writes that were delivered without one of their causes, and that cause. Only the naive rule does this. */
  readonly early = new Map<string, Dot>();
  readonly #trace: EventTrace;
  readonly #keys: ReadonlySet<string>;

  /** @param keys every key that any node has written so far */
  constructor(name: string, rule: RuleName, keys: ReadonlySet<string>, now: () => number) {
    this.name = name;
    this.#keys = keys;
    this.rule = rule === 'causal' ? new Replica(name, zeroClock, BUFFER) : new NaiveReplica(name);
    this.#trace = new EventTrace({ host: name, capacity: TRACE_CAPACITY, now });
  }

  /** All events after the start. */
  events(): TracedEvent[] {
    return this.#trace.since(1, TRACE_CAPACITY).events;
  }

  put(key: string, value: string | null): Write {
    const write = this.rule.write(key, value);
    this.#trace.record({ kind: 'write', write: summarizeWithClock(write) });
    this.#store(write);
    const common = { key, node: this.name, value: recordedValue(write) };
    this.operations.push(value === null ? { kind: 'delete', ...common } : { kind: 'write', ...common });
    return write;
  }

  send(write: Write, to: string): Message {
    return { write, sent: this.#trace.record({ kind: 'send', to, ...summarizeBatch([write]) }) };
  }

  receive({ write, sent }: Message): void {
    const from = { node: write.sender, counter: counterOf(sent, write.sender) };
    this.#trace.record({ kind: 'receive', from, ...summarizeBatch([write]) }, sent);
    const missing =
      this.rule instanceof NaiveReplica
        ? this.rule.missingCause(write)
        : missingDependency(this.rule.clock, write.sender, write.vc);
    const receipt = this.rule.receive(write);
    if (receipt.status === 'buffered' && missing !== undefined) {
      const has = counterOf(this.rule.clock, missing.node);
      this.#trace.record({ kind: 'buffer', write: summarizeWithClock(write), missing, has });
    }
    if (receipt.status !== 'applied') return;
    if (missing !== undefined) this.early.set(dotKey(dotOf(write)), missing);
    for (const delivered of receipt.delivered) {
      this.#trace.record({ kind: 'deliver', write: summarizeWithClock(delivered) });
      this.#store(delivered);
      this.#readAll(delivered.key);
    }
  }

  beginFault(peer: string, action: LinkFault): void {
    this.#trace.record({ kind: 'fault', peer, phase: 'begin', action });
  }

  endFault(peer: string): void {
    this.#trace.record({ kind: 'fault', peer, phase: 'end' });
  }

  /** Records what a fault did to messages on their way to a peer. */
  recordAffected(peer: string, action: LinkFault, messages: readonly Message[]): void {
    const batch = summarizeBatch(messages.map(({ write }) => write));
    this.#trace.record({ kind: 'fault', peer, phase: 'affect', action, ...batch });
  }

  #store(write: Write): void {
    this.versions.set(write.key, withWrite(this.versions.get(write.key) ?? [], write, Retirements.none));
  }

  /** Reads the new key first: what it depends on is missing if the rule is wrong. */
  #readAll(first: string): void {
    for (const key of new Set([first, ...this.#keys])) this.#read(key);
  }

  #read(key: string): void {
    const winner = this.versions.get(key)?.[0];
    const value = winner === undefined || winner.value === null ? null : recordedValue(winner);
    this.operations.push({ kind: 'read', key, node: this.name, value });
  }
}

/** The checker needs values that differ, so a repeated value carries its write's number. */
function recordedValue({ sender, vc, value }: Pick<Write, 'sender' | 'vc' | 'value'>): string {
  return `${value ?? 'deletion'} (${sender}:${counterOf(vc, sender)})`;
}
