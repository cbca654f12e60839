import { type History, HistoryError, type Operation, type RecordedValue } from './history.ts';

type Place = {
  /** Its number among all events, from 0. */
  id: number;
  /** The number of its session. */
  session: number;
  /** Its number among the operations of its session, as the history lists them. */
  index: number;
  /** How many certain operations its session had made before it. */
  position: number;
  /** The certain operation of its session before it. */
  previous: HistoryEvent | undefined;
  key: string;
  operation: Operation;
};

/** A write or a deletion, which is the write of a tombstone. */
export type WriteEvent = Place & {
  type: 'write';
  value: RecordedValue;
  deletes: boolean;
  /** False when no answer told whether it was made. */
  certain: boolean;
};

/** A read, and where what it returned came from. */
export type ReadEvent = Place & { type: 'read'; source: Source };

type Source =
  | { from: 'write'; write: WriteEvent }
  /** It found nothing, and nobody deletes the key. */
  | { from: 'initial' }
  /** It found nothing: the key was not yet written, or any of its deletions is what it saw. */
  | { from: 'absence' }
  /** It returned what nobody wrote. */
  | { from: 'nowhere' };

/** An operation of a history, and its place there. */
export type HistoryEvent = WriteEvent | ReadEvent;

/**
 * A history with its two basic relations: `previous` is program order (po), `source` is write-read (wr).
 *
 * A write of unknown outcome has no successor in program order. Whoever issued it went on without its clock,
 * so nothing promises that what they did next comes after it; only those who read it have seen it. What they
 * did before it was sent along, and does come before it. Unread, it therefore is in nobody's past.
 */
export type Execution = {
  /** Their names. */
  sessions: readonly string[];
  /** Session by session, each in program order. */
  events: readonly HistoryEvent[];
  /** The deletions of each key that has any. */
  deletions: ReadonlyMap<string, readonly WriteEvent[]>;
};

/**
 * Relates the operations of a history.
 *
 * @throws HistoryError when two sessions have one name, or when two writes of a key have one value: reads
 *   could not be told apart then
 */
export function relate(history: History): Execution {
  const sessions = namesOf(history);
  const events = history.sessions.flatMap(({ operations }, session) => inOrder(operations, session));
  for (const [id, event] of events.entries()) event.id = id;
  const writers = writersByKey(events);
  const deletions = new Map<string, WriteEvent[]>();
  for (const event of events) {
    if (event.type !== 'write' || !event.deletes) continue;
    const ofKey = deletions.get(event.key);
    if (ofKey === undefined) deletions.set(event.key, [event]);
    else ofKey.push(event);
  }
  for (const event of events) {
    if (event.type !== 'read') continue;
    const { value } = event.operation;
    if (value === null) event.source = { from: deletions.has(event.key) ? 'absence' : 'initial' };
    else {
      const write = writers.get(event.key)?.get(value);
      event.source = write === undefined ? { from: 'nowhere' } : { from: 'write', write };
    }
  }
  return { sessions, events, deletions };
}

function namesOf({ sessions }: History): string[] {
  const names = new Set<string>();
  for (const [session, { name }] of sessions.entries()) {
    if (names.has(name)) throw new HistoryError(`sessions.${session}.name: "${name}" was used before`);
    names.add(name);
  }
  return [...names];
}

/** Plain literals: spreading a common base made large histories take several times as long. */
function inOrder(operations: readonly Operation[], session: number): HistoryEvent[] {
  let previous: HistoryEvent | undefined;
  let position = 0;
  return operations.map((operation, index): HistoryEvent => {
    const { key } = operation;
    if (operation.kind === 'read') {
      const source: Source = { from: 'nowhere' };
      const read: ReadEvent = {
        type: 'read',
        id: 0,
        session,
        index,
        position,
        previous,
        key,
        operation,
        source,
      };
      previous = read;
      position++;
      return read;
    }
    const certain = operation.status !== 'unknown';
    const deletes = operation.kind === 'delete';
    const write: WriteEvent = {
      type: 'write',
      id: 0,
      session,
      index,
      position,
      previous,
      key,
      operation,
      value: operation.value,
      deletes,
      certain,
    };
    if (certain) {
      previous = write;
      position++;
    }
    return write;
  });
}

function writersByKey(events: readonly HistoryEvent[]): Map<string, Map<RecordedValue, WriteEvent>> {
  const writers = new Map<string, Map<RecordedValue, WriteEvent>>();
  for (const event of events) {
    if (event.type !== 'write') continue;
    const ofKey = writers.get(event.key) ?? new Map<RecordedValue, WriteEvent>();
    writers.set(event.key, ofKey);
    const first = ofKey.get(event.value);
    if (first !== undefined) {
      throw new HistoryError(
        `${placeOf(event)}.value: ${JSON.stringify(event.value)} was written to ${JSON.stringify(event.key)} before, at ${placeOf(first)}`,
      );
    }
    ofKey.set(event.value, event);
  }
  return writers;
}

function placeOf({ session, index }: Place): string {
  return `sessions.${session}.operations.${index}`;
}
