import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';

const spread = { median: z.number(), lowest: z.number(), highest: z.number() };

const comparisonResult = z.object({
  kind: z.literal('comparison'),
  contenders: z.array(z.object({ name: z.string(), figures: z.record(z.string(), z.object(spread)) })),
  ratios: z.array(
    z.object({
      measure: z.string(),
      better: z.enum(['more', 'less']),
      against: z.string(),
      ...spread,
      target: z.number().optional(),
    }),
  ),
  skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
});

const tableResult = z.object({
  kind: z.literal('table'),
  columns: z.array(z.string()),
  rows: z.array(z.array(z.union([z.string(), z.number()]))),
  checks: z.array(
    z.object({
      what: z.string(),
      value: z.number(),
      unit: z.string(),
      atMost: z.number().optional(),
      atLeast: z.number().optional(),
    }),
  ),
  skipped: z.array(z.string()).optional(),
});

const machine = z.object({
  processor: z.string(),
  cores: z.number(),
  memoryGb: z.number(),
  system: z.string(),
  node: z.string(),
  tools: z.array(z.string()),
});

const measuredRow = z.object({
  name: z.string(),
  title: z.string(),
  limit: z.string(),
  /** How the row was measured. */
  run: z.object({
    at: z.string(),
    commit: z.string(),
    command: z.string(),
    rounds: z.number(),
    /** The machine's load over the minute before: what else ran beside it. */
    loadBefore: z.number(),
    machine,
  }),
  result: z.discriminatedUnion('kind', [comparisonResult, tableResult]),
});

const reportSchema = z.object({ rows: z.array(measuredRow) });

export type ComparisonResult = z.infer<typeof comparisonResult>;
export type Machine = z.infer<typeof machine>;
export type MeasuredRow = z.infer<typeof measuredRow>;
export type Report = z.infer<typeof reportSchema>;

export async function readReport(path: string): Promise<Report> {
  return reportSchema.parse(JSON.parse(await readFile(path, 'utf8')));
}

/**
 * Writes measured rows to a file. Rows of the same names are replaced; others stay, so that a report can be measured in
 * parts.
 *
 * @param order the names of all rows, in the order of the report; rows with other names are dropped
 */
export async function mergeIntoReport(
  path: string,
  fresh: Report,
  order: readonly string[],
): Promise<Report> {
  const before = await readReport(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  const byName = new Map([...(before?.rows ?? []), ...fresh.rows].map((row) => [row.name, row]));
  const report = { rows: order.flatMap((name) => byName.get(name) ?? []) };
  await writeFile(path, `${JSON.stringify(report, null, 2)}\n`);
  return report;
}
