import type { History, Operation } from '../../../src/verification/history/history.ts';

/** Shorthands that let a test write a history out. */
export const write = (key: string, value: string | number): Operation => ({ kind: 'write', key, value });
export const deletion = (key: string, value: string | number): Operation => ({ kind: 'delete', key, value });
export const read = (key: string, value: string | number | null): Operation => ({ kind: 'read', key, value });

/** The same write, but nobody knows whether it was made. */
export const unanswered = (operation: Operation): Operation =>
  operation.kind === 'read' ? operation : { ...operation, status: 'unknown' };

/** A history of the sessions named, each with its operations in order. */
export function sessions(operations: Record<string, Operation[]>): History {
  return { sessions: Object.entries(operations).map(([name, list]) => ({ name, operations: list })) };
}
