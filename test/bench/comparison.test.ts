import { join } from 'node:path';
import { createTemporaryDirectory } from '@gridclock/local-service';
import { describe, expect, it, vi } from 'vitest';
import { compare } from '../../scripts/bench/compare/compare.ts';
import { formatDocument } from '../../scripts/bench/compare/document.ts';
import { formatRow } from '../../scripts/bench/compare/format-row.ts';
import { readReport } from '../../scripts/bench/compare/report.ts';
import type { Comparison, Contender, Row } from '../../scripts/bench/compare/row.ts';
import { runComparison } from '../../scripts/bench/compare/run-comparison.ts';
import { riseOf, spreadOf } from '../../scripts/bench/compare/statistics.ts';
import { wrkScript } from '../../scripts/bench/compare/wrk-script.ts';

describe('runComparison', () => {
  it('measures contenders in turn and divides within each round', async () => {
    const log: string[] = [];
    const result = await runComparison(
      comparisonOf(contender('ours', [9, 2, 4, 6], log), [8, 4, 8, 3], log),
      3,
      () => {},
    );
    expect(result.ratios).toEqual([
      {
        measure: 'requests/s',
        better: 'more',
        against: 'theirs',
        median: 0.5,
        lowest: 0.5,
        highest: 2,
        target: 0.75,
      },
    ]);
    expect(result.contenders[0]).toEqual({
      name: 'ours',
      figures: { 'requests/s': { median: 4, lowest: 2, highest: 6 } },
    });
    expect(log).toEqual([
      'ours',
      'theirs',
      'ours',
      'theirs',
      'theirs',
      'ours',
      'ours',
      'theirs',
      '-ours',
      '-theirs',
    ]);
  });

  it('closes all contenders when one fails', async () => {
    const log: string[] = [];
    const failing = { ...contender('ours', [], log), name: 'ours' };
    const row = comparisonOf(
      {
        ...failing,
        open: async () => ({
          ...(await failing.open()),
          measure: () => Promise.reject(new Error('refused')),
        }),
      },
      [1],
      log,
    );
    await expect(runComparison(row, 1, () => {})).rejects.toThrow('refused');
    expect(log).toEqual(['-ours', '-theirs']);
  });
});

describe('formatRow', () => {
  it('says whether a ratio meets its target', async () => {
    const result = await runComparison(comparisonOf(contender('ours', [1, 2], []), [1, 4], []), 1, () => {});
    const text = formatRow({ name: 'row', title: 'A row', limit: 'The disk.', run, result });
    expect(text).toContain('| requests/s | theirs | **0.5 (0.5 to 0.5)** | at least 0.75: **missed** |');
    expect(text).toContain('The disk.');
  });
});

describe('formatDocument', () => {
  it('begins with a line per goal, linked to its row', () => {
    const check = { what: 'start', unit: 'ms', atMost: 2_000 };
    const result = {
      kind: 'table' as const,
      columns: ['', 'ms'],
      rows: [['start', 2_001]],
      checks: [
        { ...check, value: 1_999 },
        { ...check, value: 2_001 },
      ],
    };
    const text = formatDocument({ rows: [{ name: 'row', title: 'A row, twice', limit: '', run, result }] });
    expect(text).toContain('1 of 2 goals are met.');
    expect(text).toContain('| [A row, twice](#a-row-twice) | start | **1,999 ms** | at most 2,000 | met |');
    expect(text).toContain('|  | start | **2,001 ms** | at most 2,000 | **missed** |');
    expect(text).toContain('## A row, twice\n');
  });
});

describe('compare', () => {
  it('measures the rows after one that fails, and keeps them', async () => {
    const directory = await createTemporaryDirectory();
    const table = (name: string, measure: () => Promise<never[]>): Row => ({
      kind: 'table',
      name,
      title: name,
      limit: '',
      measure: async () => ({ columns: [name], rows: await measure(), checks: [] }),
    });
    const rows = [table('bad', () => Promise.reject(new Error('refused'))), table('good', async () => [])];
    const json = join(directory.path, 'report.json');
    vi.spyOn(console, 'log').mockImplementation(() => {});
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
    try {
      await expect(compare({ rows, names: [], rounds: 1, minutes: 1, json })).rejects.toThrow(
        'not measured: bad',
      );
      expect((await readReport(json)).rows.map(({ name }) => name)).toEqual(['good']);
    } finally {
      vi.restoreAllMocks();
      await directory.remove();
    }
  });
});

describe('spreadOf', () => {
  it('takes the mean of both middle values of an even number', () => {
    expect(spreadOf([10, 1, 3, 2])).toEqual({ median: 2.5, lowest: 1, highest: 10 });
  });
});

describe('riseOf', () => {
  it('shows a trend, and hardly what rises and falls', () => {
    expect(riseOf([1, 2, 3, 4, 5])).toBeCloseTo(5);
    const saw = Array.from({ length: 100 }, (_, index) => 100 + (index % 10) * 10);
    expect(Math.abs(riseOf(saw) - 1)).toBeLessThan(0.08);
  });
});

describe('wrkScript', () => {
  it('posts a body unchanged', () => {
    expect(wrkScript([{ path: '/put', body: '{"value":"]]"}' }])).toContain(
      'wrk.format("POST", [==[/put]==], json, [==[{"value":"]]"}]==])',
    );
  });
});

const machine = { processor: 'CPU', cores: 2, memoryGb: 4, system: 'Linux', node: 'v20', tools: [] };
const run = {
  at: '2026-01-02T03:04:05Z',
  commit: 'abc',
  command: 'bench',
  rounds: 1,
  loadBefore: 0.5,
  machine,
};

function comparisonOf(ours: Contender, theirs: readonly number[], log: string[]): Comparison {
  return {
    kind: 'comparison',
    name: 'row',
    title: 'A row',
    measures: [{ name: 'requests/s', better: 'more', targets: { theirs: 0.75 } }],
    contenders: [ours, contender('theirs', theirs, log)],
    limit: '',
  };
}

/** A contender that measures given values, of which the first warms it up. */
function contender(name: string, values: readonly number[], log: string[]): Contender {
  let next = 0;
  return {
    name,
    open: async () => ({
      async measure() {
        log.push(name);
        return { 'requests/s': values[next++] ?? 0 };
      },
      async close() {
        log.push(`-${name}`);
      },
    }),
  };
}
