import { formatRow } from './format-row.ts';
import { describeMachine, describeRun } from './machine.ts';
import { type MeasuredRow, mergeIntoReport } from './report.ts';
import type { Row } from './row.ts';
import { runComparison } from './run-comparison.ts';
import { missingTool } from './tools.ts';

export type CompareOptions = {
  rows: readonly Row[];
  /** The names of the rows to measure; all of them if it is empty. */
  names: readonly string[];
  rounds: number;
  /** The file that keeps the results. */
  json: string | undefined;
};

/** Measures rows one after the other, prints each, and keeps the results in a file if one is named. */
export async function compare({ json, names, rounds, rows }: CompareOptions): Promise<void> {
  const unknown = names.find((name) => rows.every((row) => row.name !== name));
  if (unknown !== undefined)
    throw new Error(`there is no row ${unknown}; the rows are ${rows.map(({ name }) => name).join(', ')}`);
  const machine = await describeMachine();
  for (const row of rows) {
    if (names.length > 0 && !names.includes(row.name)) continue;
    const measured = await measure(row, rounds);
    if (measured === undefined) continue;
    console.log(formatRow(measured));
    // After each row: a run of all of them takes long, and may be cut short.
    if (json !== undefined)
      await mergeIntoReport(
        json,
        { machine, rows: [measured] },
        rows.map(({ name }) => name),
      );
  }
}

async function measure(row: Row, rounds: number): Promise<MeasuredRow | undefined> {
  const { limit, name, title } = row;
  const missing = row.kind === 'table' ? await missingTool(row.needs) : undefined;
  if (missing !== undefined) {
    console.log(`### ${title}\n\nskipped: ${missing}\n`);
    return undefined;
  }
  const run = await describeRun(rounds, `npm run bench -- compare ${name} --rounds ${rounds}`);
  const result =
    row.kind === 'comparison'
      ? await runComparison(row, rounds, (round) =>
          process.stderr.write(`${name}: round ${round} of ${rounds}\n`),
        )
      : { kind: 'table' as const, ...(await row.measure(rounds)) };
  return { name, title, limit, run, result };
}
