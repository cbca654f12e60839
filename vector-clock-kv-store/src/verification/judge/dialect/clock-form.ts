import type { VectorClock } from '../../../causality/vector-clock.ts';

/** How clocks travel: as objects by node id, as in the contract, or as lists in the order of the ids. */
export type ClockForm = 'object' | 'list';

/** Names in use for a clock in a message or an answer, the contract's first. */
export const clockFields = [
  'vc',
  'vector_clock',
  'vectorClock',
  'vclock',
  'clock',
  'vector',
  'context',
  'timestamp',
  'version',
];

/** Reads a clock in either form; undefined if the value is none. Zero entries are dropped. */
export function readClock(
  value: unknown,
  ids: readonly string[],
): { vc: VectorClock; form: ClockForm } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const isList = Array.isArray(value);
  const entries = isList
    ? value.map((counter, index) => [ids[index] ?? `#${index}`, counter])
    : Object.entries(value);
  if (!entries.every(([, counter]) => Number.isInteger(counter))) return undefined;
  if (isList && entries.length < ids.length) return undefined;
  const vc = Object.fromEntries(entries.filter(([, counter]) => counter !== 0));
  return { vc, form: isList ? 'list' : 'object' };
}

/** Formats a clock in a form, with an entry for every node. */
export function formatClockAs(form: ClockForm, vc: VectorClock, ids: readonly string[]): unknown {
  if (form === 'list') return ids.map((id) => vc[id] ?? 0);
  return { ...Object.fromEntries(ids.map((id) => [id, 0])), ...vc };
}

/** Finds the clock in an answer, by the names in use. */
export function findClock(
  body: unknown,
  ids: readonly string[],
): { vc: VectorClock; form: ClockForm; name: string } | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const fields = new Map(Object.entries(body));
  for (const name of clockFields) {
    const clock = readClock(fields.get(name), ids);
    if (clock !== undefined) return { ...clock, name };
  }
  return undefined;
}
