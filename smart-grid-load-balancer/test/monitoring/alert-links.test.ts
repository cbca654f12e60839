import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const suite = new URL('../../', import.meta.url);
const rules = 'smart-grid-load-balancer/monitoring/prometheus';
let copy: string;

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'gridclock-rules-'));
  cpSync(new URL('monitoring/prometheus', suite), join(copy, rules), { recursive: true });
});

afterEach(() => rmSync(copy, { recursive: true }));

describe('the command of monitoring/README.md', () => {
  it('leads all links of alerts, in rules and tests, to other addresses', () => {
    const guide = readFileSync(new URL('monitoring/README.md', suite), 'utf8');
    const [, command = ''] = /```sh\n(cd [\s\S]*?)```/.exec(guide) ?? [];
    execFileSync('sh', ['-e', '-c', command], { cwd: copy });
    for (const folder of ['rules', 'tests']) {
      for (const file of readdirSync(join(copy, rules, folder))) {
        const links = readFileSync(join(copy, rules, folder, file), 'utf8').match(/\w+_url: .*/g) ?? [];
        expect(links.length, file).toBeGreaterThan(0);
        for (const link of links)
          expect(link, file).toMatch(
            /^(runbook_url: https:\/\/git\.example\.com\/gridclock\/docs\/operations\.md#\w+|dashboard_url: '?https:\/\/grafana\.example\.com\/d\/.*)$/,
          );
      }
    }
  });
});
