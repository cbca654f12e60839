import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Measured } from '../../scripts/bench/capacity/measured.ts';
import { formatCapacity, withCapacity } from '../../scripts/bench/capacity/section.ts';
import { formatDocument } from '../../scripts/bench/compare/document.ts';
import { readReport } from '../../scripts/bench/compare/report.ts';

const path = (name: string) => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
const report = await readReport(path('performance.json'));

it('docs/performance.md is what npm run bench -- document writes', async () => {
  expect(await readFile(path('performance.md'), 'utf8')).toBe(formatDocument(report));
});

describe('capacity planning', () => {
  it('in docs/operations.md is what npm run bench -- document writes', async () => {
    const document = await readFile(path('operations.md'), 'utf8');
    expect(withCapacity(document, report)).toBe(document);
  });

  it('follows the measured costs', () => {
    const withCost = (factor: number) => ({
      rows: report.rows.map((row) =>
        row.name === 'service-costs' && row.result.kind === 'table'
          ? {
              ...row,
              result: {
                ...row.result,
                rows: row.result.rows.map((line) =>
                  line.map((cell, column) =>
                    column === 1 && typeof cell === 'number' ? cell * factor : cell,
                  ),
                ),
              },
            }
          : row,
      ),
    });
    const chargesOf = (factor: number) => {
      const text = formatCapacity(withCost(factor));
      const [, charges = ''] = /\| load_balancer \| [\d.,]+ \| ([\d,.]+) \|/.exec(text) ?? [];
      return Number(charges.replaceAll(',', ''));
    };
    expect(chargesOf(2) / chargesOf(1)).toBeCloseTo(0.5, 2);
  });

  it('is not written without a figure that it needs, or without its place', () => {
    const measured = new Measured(report);
    expect(() => measured.cell('cluster-size', 4, 'puts/s')).toThrow('has no figure cluster-size: 4, puts/s');
    expect(() => measured.ours('put-32', 'requests/s')).toThrow('has no row put-32');
    expect(() => withCapacity('# Operations\n', report)).toThrow('docs/operations.md lacks');
  });
});
