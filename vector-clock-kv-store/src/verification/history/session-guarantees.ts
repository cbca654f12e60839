import { counterOf, firstMissing, merge, type VectorClock, zeroClock } from '../../causality/vector-clock.ts';
import { buildExecution, type HistoryEvent, type ReadEvent } from './execution.ts';
import { referenceTo } from './format-operation.ts';
import type { History } from './history.ts';
import type { OperationReference } from './verdict.ts';

/** Source: D. Terry et al., "Session Guarantees for Weakly Consistent Replicated Data" (1994). */
type SessionGuarantee = 'read your writes' | 'monotonic reads' | 'monotonic writes' | 'writes follow reads';

/** An operation that does not reflect an earlier one of its session. */
export type GuaranteeViolation = {
  guarantee: SessionGuarantee;
  operation: OperationReference;
  explanation: string;
};

/** An event whose response carried a clock. */
type Clocked<Event extends HistoryEvent = HistoryEvent> = { event: Event; vc: VectorClock };

/**
 * Checks the four session guarantees by the clocks in the store's responses.
 *
 * The clock of each response must cover the clocks its session received before, and a read must not return
 * a version older than one of the key that its session has written or read. Responses without a clock are
 * skipped, so there are no false positives; checkHistory covers what this misses.
 *
 * @returns violations in the order of the history, at most one per operation and guarantee
 */
export function checkSessionGuarantees(history: History): GuaranteeViolation[] {
  const execution = buildExecution(history);
  const violations: GuaranteeViolation[] = [];
  let session = new SessionState();
  let current = 0;
  for (const event of execution.events) {
    if (event.session !== current) session = new SessionState();
    current = event.session;
    const { vc } = event.operation;
    if (vc === undefined) continue;
    for (const [guarantee, reason] of session.check({ event, vc })) {
      const operation = referenceTo(execution, event);
      violations.push({ guarantee, operation, explanation: `${operation.text}: ${reason}` });
    }
    session.add({ event, vc });
  }
  return violations;
}

/** What one session has read and written so far. */
class SessionState {
  #reads: VectorClock = zeroClock;
  #writes: VectorClock = zeroClock;
  /** The newest versions written and read, by key. Older versions are dropped. */
  readonly #written = new Map<string, VectorClock[]>();
  readonly #read = new Map<string, VectorClock[]>();

  check({ event, vc }: Clocked): Map<SessionGuarantee, string> {
    const violated = new Map<SessionGuarantee, string>();
    const requireDescends = (seen: VectorClock, kind: string, guarantee: SessionGuarantee) => {
      const missing = firstMissing(vc, seen);
      if (missing === undefined) return;
      violated.set(
        guarantee,
        `its clock has ${counterOf(vc, missing.node)} writes of ${missing.node}; after an earlier ${kind} it must have ${missing.counter}`,
      );
    };
    requireDescends(this.#writes, 'write', event.type === 'read' ? 'read your writes' : 'monotonic writes');
    requireDescends(this.#reads, 'read', event.type === 'read' ? 'monotonic reads' : 'writes follow reads');
    const version = event.type === 'read' ? versionOf(event) : undefined;
    if (version !== undefined) {
      const isStale = (seen: readonly VectorClock[] = []) => seen.some((newer) => isOlder(version, newer));
      if (isStale(this.#written.get(event.key)))
        violated.set('read your writes', 'the session had written a newer version');
      if (isStale(this.#read.get(event.key)))
        violated.set('monotonic reads', 'the session had read a newer version');
    }
    return violated;
  }

  add({ event, vc }: Clocked): void {
    if (event.type === 'write') {
      this.#writes = merge(this.#writes, vc);
      keepNewest(this.#written, event.key, vc);
      return;
    }
    this.#reads = merge(this.#reads, vc);
    const version = versionOf(event);
    if (version !== undefined) keepNewest(this.#read, event.key, version);
  }
}

/** The clock of the write that a read returned; undefined when it is unknown. */
function versionOf({ source }: ReadEvent): VectorClock | undefined {
  if (source.from === 'initial') return zeroClock;
  return source.from === 'write' ? source.write.operation.vc : undefined;
}

function isOlder(version: VectorClock, other: VectorClock): boolean {
  return firstMissing(other, version) === undefined && firstMissing(version, other) !== undefined;
}

function keepNewest(versions: Map<string, VectorClock[]>, key: string, version: VectorClock): void {
  const others = versions.get(key)?.filter((other) => firstMissing(version, other) !== undefined) ?? [];
  versions.set(key, [...others, version]);
}
