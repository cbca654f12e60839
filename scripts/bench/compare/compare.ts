import { formatRow } from './format-row.ts';
import { currentCommit, describeMachine, loadBefore } from './machine.ts';
import { type Machine, type MeasuredRow, mergeIntoReport } from './report.ts';
import { type MeasureOptions, type Row, USUAL_MINUTES } from './row.ts';
import { runComparison } from './run-comparison.ts';
import { missingTool } from './tools.ts';

export type CompareOptions = MeasureOptions & {
  rows: readonly Row[];
  /** The names of the rows to measure; all of them if it is empty. */
  names: readonly string[];
  /** The file that keeps the results. */
  json: string | undefined;
};

/**
 * Measures rows one after the other, prints each, and keeps the results in a file if one is named.
 *
 * @throws once all rows are done, if some could not be measured
 */
export async function compare({ json, names, rows, ...options }: CompareOptions): Promise<void> {
  const unknown = names.find((name) => rows.every((row) => row.name !== name));
  if (unknown !== undefined)
    throw new Error(`there is no row ${unknown}; the rows are ${rows.map(({ name }) => name).join(', ')}`);
  const machine = await describeMachine();
  const commit = await currentCommit();
  const chosen = rows.filter(({ name }) => names.length === 0 || names.includes(name));
  const failed: string[] = [];
  for (const [index, row] of chosen.entries()) {
    const missing = row.kind === 'table' ? await missingTool(row.needs) : undefined;
    if (missing !== undefined) {
      console.log(`## ${row.title}\n\nskipped: ${missing}\n`);
      continue;
    }
    const startedAt = performance.now();
    const progress = `${row.name} (row ${index + 1} of ${chosen.length})`;
    note(`${progress}: measuring`);
    try {
      const measured = await measure(row, options, { machine, commit });
      console.log(formatRow(measured));
      // After each row: a run of all of them takes long, and may be cut short.
      if (json !== undefined)
        await mergeIntoReport(
          json,
          { rows: [measured] },
          rows.map(({ name }) => name),
        );
      note(`${progress}: ${Math.round((performance.now() - startedAt) / 1_000)} s`);
    } catch (error) {
      // The rows after it are worth having.
      failed.push(row.name);
      note(`${progress}: failed: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
  if (failed.length > 0) throw new Error(`not measured: ${failed.join(', ')}`);
}

async function measure(
  row: Row,
  options: MeasureOptions,
  where: { machine: Machine; commit: string },
): Promise<MeasuredRow> {
  const { name, title } = row;
  const { minutes, rounds } = options;
  const length = minutes === USUAL_MINUTES ? '' : ` --minutes ${minutes}`;
  const command = `npm run bench -- compare ${name} --rounds ${rounds}${length}`;
  const run = { at: new Date().toISOString(), command, rounds, loadBefore: loadBefore(), ...where };
  if (row.kind === 'comparison') {
    const result = await runComparison(row, rounds, (round) => note(`${name}: round ${round} of ${rounds}`));
    return { name, title, limit: row.limit, run, result };
  }
  const { limit = row.limit, ...result } = await row.measure(options);
  return { name, title, limit, run, result: { kind: 'table', ...result } };
}

/** Progress goes to standard error, so that the results can be piped. */
function note(line: string): void {
  process.stderr.write(`${new Date().toTimeString().slice(0, 8)} ${line}\n`);
}
