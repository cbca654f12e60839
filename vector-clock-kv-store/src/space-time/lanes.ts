import type { NodeId } from '../causality/node-id.ts';

/** The lane of a host: all processes of a node share one. A host is `node1~3fa94c1e` or, renamed, `node1#2`. */
export function laneOf(host: NodeId): string {
  return host.split(/[#~]/, 1)[0] ?? host;
}

/** Sorts lanes by their names; numbers in them count as numbers. */
export function sortLanes(lanes: Iterable<string>): string[] {
  return [...new Set(lanes)].sort((left, right) => left.localeCompare(right, 'en', { numeric: true }));
}
