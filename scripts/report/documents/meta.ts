import type { Origin, Panels } from '../run-data.ts';

/** What the first page and the footers say about a report's origin. */
export type Meta = {
  date: string;
  time: string;
  day: [number, number, number];
  commit: string;
  machine: string;
  load: string;
};

/** Describes where the data of a report come from. */
export function metaOf({ at, commit, loadBefore, machine }: Origin): Meta {
  const { cores, memoryGb, node, processor, system } = machine;
  const date = new Date(at);
  return {
    date: at.slice(0, 10),
    time: `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`,
    day: [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()],
    commit,
    machine: `${processor}, ${cores} cores, ${memoryGb} GB of memory, ${system}, Node.js ${node}`,
    load: loadBefore.toFixed(1),
  };
}

/** Says who collected the data of the panels. */
export function panelSource({ scrapeSeconds, source, version }: Panels): string {
  const interval = `every ${scrapeSeconds === 1 ? 'second' : `${scrapeSeconds} seconds`}`;
  return source === 'prometheus'
    ? `Prometheus ${version ?? ''} scraped the services ${interval} and evaluated the queries of the dashboard that Grafana loads`
    : `no Prometheus was installed: this command scraped the services ${interval} and drew the metrics that the dashboard queries`;
}
