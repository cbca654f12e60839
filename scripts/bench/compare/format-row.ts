import type { ComparisonResult, MeasuredRow } from './report.ts';

/** Formats a measured row as Markdown: readable in a terminal, and a section of docs/performance.md. */
export function formatRow({ limit, result, run, title }: MeasuredRow): string {
  const parts = [`### ${title}`, ...(result.kind === 'comparison' ? formatComparison(result) : [])];
  if (result.kind === 'table') {
    parts.push(formatTable(result.columns, result.rows));
    for (const { atLeast, atMost, unit, value, what } of result.checks) {
      const bound = atLeast === undefined ? `at most ${format(atMost ?? 0)}` : `at least ${format(atLeast)}`;
      const isMet = (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
      parts.push(
        `- ${what}: **${format(value)} ${unit}**; wanted: ${bound}: ${isMet ? 'met' : '**missed**'}`,
      );
    }
    for (const skipped of result.skipped ?? []) parts.push(`- skipped: ${skipped}`);
  }
  const measured = `${run.rounds} rounds on ${run.at.slice(0, 10)} at ${run.commit}, machine load before ${run.loadBefore}`;
  return `${parts.join('\n\n')}\n\n${limit}\n\n\`${run.command}\`: ${measured}.\n`.replaceAll(
    '\n\n- ',
    '\n- ',
  );
}

function formatComparison({ contenders, ratios, skipped }: ComparisonResult): string[] {
  const measures = Object.keys(contenders[0]?.figures ?? {});
  const cells = contenders.map(({ figures, name }) => [
    name,
    ...measures.map((measure) => spread(figures[measure])),
  ]);
  const lines = [formatTable(['', ...measures], cells)];
  if (ratios.length > 0) {
    const rows = ratios.map((ratio) => [
      ratio.measure,
      ratio.against,
      `**${spread(ratio)}**`,
      verdict(ratio),
    ]);
    lines.push(formatTable(['ours divided by', 'of', 'ratio', 'wanted'], rows));
  }
  return [...lines, ...skipped.map(({ name, reason }) => `- skipped: ${name}: ${reason}`)];
}

function verdict({ better, median, target }: ComparisonResult['ratios'][number]): string {
  if (target === undefined) return '';
  const isMet = better === 'more' ? median >= target : median <= target;
  return `${better === 'more' ? 'at least' : 'at most'} ${target}: ${isMet ? 'met' : '**missed**'}`;
}

function spread(figure: { median: number; lowest: number; highest: number } | undefined): string {
  if (figure === undefined) return '';
  const { highest, lowest, median } = figure;
  return `${format(median)} (${format(lowest)} to ${format(highest)})`;
}

function formatTable(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell) => (typeof cell === 'number' ? format(cell) : cell)).join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Three significant digits, and whole numbers from 100 on. */
function format(value: number): string {
  const text = Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
  return text.toLocaleString('en-US', { maximumFractionDigits: 6 });
}
