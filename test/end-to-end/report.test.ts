import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTemporaryDirectory } from '@gridclock/local-service';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { storedRuns } from '../support/stored-runs.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const report = (...args: string[]) =>
  execa(process.execPath, ['--import', 'tsx', 'scripts/report.ts', ...args], { cwd: root, reject: false });

it('typesets the data of a stored run as two PDFs', async () => {
  const { path, remove } = await createTemporaryDirectory();
  try {
    const { exitCode, stdout } = await report('--data', storedRuns, '--out', path);
    expect(exitCode, stdout).toBe(0);
    const pages = [...stdout.matchAll(/project_report\.pdf: (\d+) pages/g)].map(([, number]) =>
      Number(number),
    );
    expect(pages).toHaveLength(2);
    for (const suite of ['vector-clock-kv-store', 'smart-grid-load-balancer']) {
      const pdf = await readFile(join(path, suite, 'project_report.pdf'));
      expect(pdf.toString('latin1', 0, 5)).toBe('%PDF-');
      expect(pdf.length).toBeLessThan(1_000_000);
    }
  } finally {
    await remove();
  }
});

it('says in one line that a folder holds no run', async () => {
  const { exitCode, stderr } = await report('--data', join(root, 'test'));
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^[^\n]*store\.json[^\n]*$/);
});
