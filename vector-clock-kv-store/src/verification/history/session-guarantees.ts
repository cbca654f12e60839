import { counterOf, firstMissing, merge, type VectorClock, zeroClock } from '../../causality/vector-clock.ts';
import { refer } from './describe.ts';
import { type HistoryEvent, type ReadEvent, relate } from './execution.ts';
import type { History } from './history.ts';
import type { OperationReference } from './verdict.ts';

/** What a session may rely on (D. Terry et al., "Session Guarantees for Weakly Consistent Replicated Data", 1994). */
type SessionGuarantee = 'read your writes' | 'monotonic reads' | 'monotonic writes' | 'writes follow reads';

/** An operation that did not follow an earlier one of its session. */
export type GuaranteeViolation = {
  guarantee: SessionGuarantee;
  operation: OperationReference;
  explanation: string;
};

/** An event whose answer carried a clock. */
type Clocked<Event extends HistoryEvent = HistoryEvent> = { event: Event; vc: VectorClock };

/**
 * Checks the four session guarantees by the clocks in the store's answers.
 *
 * Every answer's clock must cover those that its session was given before. And a read must not return a
 * version that its session knows to be replaced: one older, by the clocks of the writes, than one of the key
 * that the session has written or read. Answers without a clock are passed over, so that nothing is
 * reported that did not happen; what hides behind them is left to checkHistory.
 *
 * @returns what was violated, in the order of the history; at most one entry per operation and guarantee
 */
export function checkSessionGuarantees(history: History): GuaranteeViolation[] {
  const execution = relate(history);
  const violations: GuaranteeViolation[] = [];
  let session: SessionSoFar | undefined;
  let current = -1;
  for (const event of execution.events) {
    if (event.session !== current || session === undefined) session = new SessionSoFar();
    current = event.session;
    const { vc } = event.operation;
    if (vc === undefined) continue;
    for (const [guarantee, reason] of session.check({ event, vc })) {
      const operation = refer(execution, event);
      violations.push({ guarantee, operation, explanation: `${operation.text}: ${reason}` });
    }
    session.add({ event, vc });
  }
  return violations;
}

/** What one session has seen up to some operation of it. */
class SessionSoFar {
  #reads: VectorClock = zeroClock;
  #writes: VectorClock = zeroClock;
  /** By key: the versions written and read, without those that another one among them replaced. */
  readonly #written = new Map<string, VectorClock[]>();
  readonly #read = new Map<string, VectorClock[]>();

  check({ event, vc }: Clocked): Map<SessionGuarantee, string> {
    const broken = new Map<SessionGuarantee, string>();
    const mustCover = (seen: VectorClock, what: string, guarantee: SessionGuarantee) => {
      const missing = firstMissing(vc, seen);
      if (missing === undefined) return;
      broken.set(
        guarantee,
        `its clock has ${counterOf(vc, missing.node)} writes of ${missing.node}; after an earlier ${what} it must have ${missing.counter}`,
      );
    };
    mustCover(this.#writes, 'write', event.type === 'read' ? 'read your writes' : 'monotonic writes');
    mustCover(this.#reads, 'read', event.type === 'read' ? 'monotonic reads' : 'writes follow reads');
    const version = event.type === 'read' ? versionOf(event) : undefined;
    if (version !== undefined) {
      const replaced = (seen: readonly VectorClock[] = []) => seen.some((newer) => isOlder(version, newer));
      if (replaced(this.#written.get(event.key)))
        broken.set('read your writes', 'the session had written a newer version of it');
      if (replaced(this.#read.get(event.key)))
        broken.set('monotonic reads', 'the session had read a newer version of it');
    }
    return broken;
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

/** The clock of the write that a read returned; none where the read does not say which, or the write had no answer. */
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
