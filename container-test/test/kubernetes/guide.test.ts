import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createGuide } from '../../src/kubernetes/guide.ts';
import { GUIDE, readGuideCommands } from '../../src/kubernetes/guide-commands.ts';

const readme = readFileSync(new URL(`../../../${GUIDE}`, import.meta.url), 'utf8');

describe('a guide', () => {
  const started = () => {
    const scripts: string[] = [];
    const guide = createGuide(
      {
        loadCommand: './cluster load',
        run: async (script) => {
          scripts.push(script);
          return '';
        },
        forward: async (command) => command,
      },
      readGuideCommands(readme),
    );
    return { guide, scripts };
  };

  it('runs commands as the README writes them, in one script', async () => {
    const { guide, scripts } = started();
    await guide.run('deleteVolume', 'deletePod');
    expect(scripts).toEqual([
      'kubectl -n gridclock delete pvc data-store-1 --wait=false\nkubectl -n gridclock delete pod store-1',
    ]);
    expect(readme).toContain(scripts[0]);
  });

  it("loads images with this cluster's command instead of kind's", async () => {
    const { guide, scripts } = started();
    await guide.run('load');
    expect(scripts[0]).toMatch(/^\.\/cluster load gridclock\/vector-clock-kv-store:latest /);
  });

  it('remembers which commands have not run', async () => {
    const { guide } = started();
    expect(guide.remaining()).toContain('forwardStore');
    expect(guide.remaining()).not.toContain('pushImages');
    await guide.forward('forwardStore', new AbortController().signal);
    expect(guide.remaining()).not.toContain('forwardStore');
  });
});
