import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GUIDE, readGuideCommands } from '../../src/kubernetes/guide-commands.ts';

const readme = readFileSync(new URL(`../../../${GUIDE}`, import.meta.url), 'utf8');

describe('readGuideCommands', () => {
  it('finds every command of the README, and no other', () => {
    expect(() => readGuideCommands(readme)).not.toThrow();
  });

  it('keeps a quoted script and a continued line whole', () => {
    const { admitMember, load } = readGuideCommands(readme);
    expect(admitMember).toMatch(/^kubectl -n gridclock exec store-0 -- node -e '[^']*'$/);
    expect(load).toContain('gridclock/load_tester:latest');
  });

  it('rejects a command that has changed', () => {
    const changed = readme.replace('delete pvc data-store-1 --wait=false', 'delete pvc data-store-1');
    expect(() => readGuideCommands(changed)).toThrow('expected the command deleteVolume');
  });

  it('rejects a command that the part does not run', () => {
    const longer = `${readme}\n\`\`\`sh\nkubectl get pods\n\`\`\`\n`;
    expect(() => readGuideCommands(longer)).toThrow('does not run: kubectl get pods');
  });
});
