import { formatNumber } from './format-number.ts';
import { formatTable } from './format-table.ts';
import { goalsOf, verdict } from './goals.ts';
import type { ComparisonResult, MeasuredRow } from './report.ts';

/** Formats a measured row as Markdown: readable in a terminal, and a section of docs/performance.md. */
export function formatRow(row: MeasuredRow): string {
  const { limit, result, run, title } = row;
  const { at, command, commit, loadBefore, machine, rounds } = run;
  const parts = [`## ${title}`];
  if (result.kind === 'comparison') parts.push(...formatComparison(result));
  else {
    parts.push(formatTable(result.columns, result.rows));
    for (const goal of goalsOf(row))
      parts.push(`- ${goal.what}: **${goal.measured}**; wanted: ${goal.wanted}: ${verdict(goal)}`);
    for (const skipped of result.skipped ?? []) parts.push(`- skipped: ${skipped}`);
  }
  parts.push(
    `What limits it: ${limit}`,
    `\`${command}\`: ${rounds} rounds on ${at.slice(0, 10)} at commit ${commit}, on ${machine.processor} with ${machine.cores} cores; load of the machine over the minute before: ${loadBefore}.`,
  );
  return `${parts.join('\n\n')}\n`.replaceAll('\n\n- ', '\n- ').replace('|\n- ', '|\n\n- ');
}

function formatComparison({ contenders, ratios, skipped }: ComparisonResult): string[] {
  const measures = Object.keys(contenders[0]?.figures ?? {});
  const cells = contenders.map(({ figures, name }) => [
    name,
    ...measures.map((measure) => spread(figures[measure])),
  ]);
  const parts = [formatTable(['', ...measures], cells)];
  if (ratios.length > 0) {
    const rows = ratios.map((ratio) => [ratio.measure, ratio.against, `**${spread(ratio)}**`, wanted(ratio)]);
    parts.push(formatTable(['ours divided by', 'of', 'ratio', 'wanted'], rows));
  }
  return [...parts, ...skipped.map(({ name, reason }) => `- skipped: ${name}: ${reason}`)];
}

function wanted({ better, median, target }: ComparisonResult['ratios'][number]): string {
  if (target === undefined) return '';
  const isMet = better === 'more' ? median >= target : median <= target;
  return `${better === 'more' ? 'at least' : 'at most'} ${target}: ${isMet ? 'met' : '**missed**'}`;
}

function spread(figure: { median: number; lowest: number; highest: number } | undefined): string {
  if (figure === undefined) return '';
  const { highest, lowest, median } = figure;
  return `${formatNumber(median)} (${formatNumber(lowest)} to ${formatNumber(highest)})`;
}
