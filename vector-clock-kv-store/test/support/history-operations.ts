import type { History, Operation } from '../../src/verification/history/history.ts';

/** Shorthands for writing out a history in a test. */
export const write = (key: string, value: string | number): Operation => ({ kind: 'write', key, value });
export const deletion = (key: string, value: string | number): Operation => ({ kind: 'delete', key, value });
export const read = (key: string, value: string | number | null): Operation => ({ kind: 'read', key, value });

/** The same write with an unknown outcome. */
export const withUnknownOutcome = (operation: Operation): Operation =>
  operation.kind === 'read' ? operation : { ...operation, status: 'unknown' };

/** A history of the named sessions, each with its operations in program order. */
export function sessions(operations: Record<string, Operation[]>): History {
  return { sessions: Object.entries(operations).map(([name, list]) => ({ name, operations: list })) };
}
