import type { Layout } from './layout.ts';

/** Which column left of its lane shows the faults of a link: the first link with faults takes the one next to the lane. */
export type FaultColumns = {
  /** By host and peer. */
  columnOf: ReadonlyMap<string, number>;
  /** How many columns stand left of the first lane, between it and the times. */
  besideTimes: number;
};

export function faultColumns({ faults, lanes, markOf }: Layout): FaultColumns {
  const columnOf = new Map<string, number>();
  const used = new Map<string, number>();
  let besideTimes = 0;
  for (const span of faults) {
    const link = linkOf(span);
    if (columnOf.has(link)) continue;
    const column = used.get(span.host) ?? 0;
    columnOf.set(link, column);
    used.set(span.host, column + 1);
    if (lanes.length > 0 && markOf(span.from)?.lane === 0) besideTimes = Math.max(besideTimes, column + 1);
  }
  return { columnOf, besideTimes };
}

export function linkOf({ host, peer }: { host: string; peer: string }): string {
  return `${host} ${peer}`;
}
