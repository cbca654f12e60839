import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

describe('npm run bench -- routing', () => {
  it('prints the table', async () => {
    const entry = fileURLToPath(new URL('../../../scripts/bench.ts', import.meta.url));
    const bench = ['--import', import.meta.resolve('tsx'), entry, 'routing', '--largest', '3', '--seed', '2'];
    const { stdout } = await execa(process.execPath, bench, { stdin: 'ignore' });
    expect(stdout.match(/^3 substations, .* requests$/gm)).toHaveLength(3);
    expect(stdout.match(/^ {2}best-fit +0\.\d{3}/gm)).toHaveLength(3);
  });
});
