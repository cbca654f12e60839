import type { History, Operation, RecordedValue } from './history.ts';
import { HistoryError } from './history-error.ts';

type EventBase = {
  /** The index among all events of the execution. */
  id: number;
  /** The index of the session. */
  session: number;
  /** The index in the session's list of operations. */
  index: number;
  /** How many acknowledged operations the session had made before. */
  position: number;
  /** The session's acknowledged operation before this one. */
  previous: HistoryEvent | undefined;
  key: string;
  operation: Operation;
};

/** A write or a deletion. A deletion writes a tombstone. */
export type WriteEvent = EventBase & {
  type: 'write';
  value: RecordedValue;
  deletes: boolean;
  /** False for a write of unknown outcome. */
  acknowledged: boolean;
};

/** A read with the source of its value. */
export type ReadEvent = EventBase & { type: 'read'; source: ReadSource };

type ReadSource =
  | { from: 'write'; write: WriteEvent }
  /** Found nothing, and nobody deletes the key. */
  | { from: 'initial' }
  /** Found nothing: the key was unwritten, or the read saw one of its deletions. */
  | { from: 'absence' }
  /** Returned a value that nobody wrote. */
  | { from: 'nowhere' };

/** An operation with its place in the history. */
export type HistoryEvent = WriteEvent | ReadEvent;

/**
 * A history with its basic relations: `previous` is program order (po), `source` is write-read (wr).
 *
 * A write of unknown outcome has no successor in program order: its session continues without the write's
 * clock, so nothing orders later operations after it. Only sessions that read the write have seen it.
 * It does follow the session's earlier operations, because they are in the context sent with it.
 */
export type Execution = {
  /** Session names. */
  sessions: readonly string[];
  /** All events, session by session, each session in program order. */
  events: readonly HistoryEvent[];
  /** Deletions by key; keys without one are absent. */
  deletions: ReadonlyMap<string, readonly WriteEvent[]>;
};

/**
 * Derives program order and write-read from a history.
 *
 * @throws HistoryError when two sessions share a name, or two writes of a key share a value: a read of that
 *   value would have two possible sources
 */
export function buildExecution(history: History): Execution {
  const sessions = sessionNames(history);
  const events = history.sessions.flatMap(({ operations }, session) => inProgramOrder(operations, session));
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

function sessionNames({ sessions }: History): string[] {
  const names = new Set<string>();
  for (const [session, { name }] of sessions.entries()) {
    if (names.has(name))
      throw new HistoryError(`sessions.${session}.name: the name "${name}" is already in use`);
    names.add(name);
  }
  return [...names];
}

/** Repeats the common fields: spreading them takes ten times as long in large histories. */
function inProgramOrder(operations: readonly Operation[], session: number): HistoryEvent[] {
  let previous: HistoryEvent | undefined;
  let position = 0;
  return operations.map((operation, index): HistoryEvent => {
    const { key } = operation;
    if (operation.kind === 'read') {
      const source: ReadSource = { from: 'nowhere' };
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
    const acknowledged = operation.status !== 'unknown';
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
      acknowledged,
    };
    if (acknowledged) {
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
        `${pathOf(event)}.value: ${JSON.stringify(event.value)} was already written to ${JSON.stringify(event.key)} at ${pathOf(first)}`,
      );
    }
    ofKey.set(event.value, event);
  }
  return writers;
}

function pathOf({ session, index }: EventBase): string {
  return `sessions.${session}.operations.${index}`;
}
