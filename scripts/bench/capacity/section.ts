import type { Report } from '../compare/report.ts';
import { gridCapacity } from './grid-capacity.ts';
import { Measured } from './measured.ts';
import { storeCapacity } from './store-capacity.ts';

const BEGIN = '<!-- Written by `npm run bench -- document`. Do not edit it. -->';
const END = '<!-- End of what is written. -->';

/** Formats the figures of capacity planning. No figure in it is typed by hand. */
export function formatCapacity(report: Report): string {
  const measured = new Measured(report);
  const machines = new Set(
    report.rows.map(({ run }) => `${run.machine.processor}, Node.js ${run.machine.node}`),
  );
  return `From [performance.md](performance.md) (${[...machines].join('; ')}) and the limits in the sources. To plan for your own
machines, measure there: \`npm run bench -- compare cluster-size get-64 million-keys service-costs polls choice --json docs/performance.json\`,
then \`npm run bench -- document\`.

### Nodes of the store

${storeCapacity(measured)}
### Services of the grid

${gridCapacity(measured)}`;
}

/** Replaces the written part of docs/operations.md. @throws Error if it has no such part */
export function withCapacity(document: string, report: Report): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`docs/operations.md lacks ${BEGIN} or ${END}`);
  return `${document.slice(0, begin + BEGIN.length)}\n\n${formatCapacity(report)}\n${document.slice(end)}`;
}
