import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createTemporaryDirectory } from '@gridclock/local-service';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planSuite } from '../../scripts/local-suite/plan.ts';
import { portsInUse } from '../../scripts/local-suite/ports-in-use.ts';
import { scenarios } from '../../vector-clock-kv-store/src/verification/scenarios/index.ts';
import { freeOffset, type RunningScript, startScript } from '../support/suite-scripts.ts';

let directory: Awaited<ReturnType<typeof createTemporaryDirectory>>;

beforeAll(async () => {
  directory = await createTemporaryDirectory();
});

afterAll(() => directory.remove());

const script = (name: string, offset: number, options = {}) =>
  startScript(name, offset, directory.path, options);

/** Waits for `text` in the output, then sends SIGINT to the whole process group, as Ctrl-C does. */
async function interruptAfter(text: string, running: RunningScript): Promise<void> {
  await running.prints(text);
  process.kill(-(running.process.pid ?? Number.NaN), 'SIGINT');
}

describe('npm start', () => {
  it('runs both systems, prints their URLs and stops them on Ctrl-C', async () => {
    const offset = await freeOffset();
    const running = script('start', offset);
    await running.prints('Gridclock is running');
    for (const { port } of planSuite(offset)) {
      expect((await fetch(`http://127.0.0.1:${port}/ready`)).status).toBe(200);
      expect(running.output()).toContain(`http://localhost:${port}`);
    }
    expect(running.output()).toMatch(/^substation_2 +\| .*listening/m);
    running.process.kill('SIGINT');
    expect((await running.process).exitCode).toBe(0);
    expect(await portsInUse(planSuite(offset))).toEqual([]);
  }, 120_000);

  it.skipIf(process.platform === 'win32')(
    'does not report Ctrl-C as a failure, even during startup',
    async () => {
      const offset = await freeOffset();
      const running = script('start', offset, { detached: true });
      await interruptAfter('listening', running);
      const { all } = await running.process;
      expect(all).not.toMatch(/unexpectedly|exited during its start/);
      expect(await portsInUse(planSuite(offset))).toEqual([]);
    },
    120_000,
  );

  it('names the port in use and its service, and starts nothing', async () => {
    const offset = await freeOffset();
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(8080 + offset, '127.0.0.1', resolve));
    try {
      const { exitCode, stderr } = await script('start', offset).process;
      expect(stderr).toContain(`Port already in use: ${8080 + offset} (load_balancer).`);
      expect(stderr).not.toContain('    at ');
      expect(exitCode).toBe(1);
    } finally {
      squatter.close();
    }
  });

  it('names PORT_OFFSET when it is invalid', async () => {
    const { exitCode, stderr } = await script('start', -1).process;
    expect(stderr).toBe('PORT_OFFSET must be at least 0 (it is "-1")');
    expect(exitCode).toBe(1);
  });
});

describe.each(['start', 'demo'])('npm run %s -- --help', (name) => {
  it('documents variables and exit codes, and starts nothing', async () => {
    const entry = fileURLToPath(new URL(`../../scripts/${name}.ts`, import.meta.url));
    const { exitCode, stdout } = await execa(process.execPath, [
      ...['--import', import.meta.resolve('tsx'), entry, '--help'],
    ]);
    expect(stdout).toMatch(/Variables: PORT_OFFSET .*\n.*Exit codes: 0 /s);
    expect(exitCode).toBe(0);
  });
});

describe('npm run demo', () => {
  it('runs every scenario and a rush hour, prints results and leaves nothing running', async () => {
    const offset = await freeOffset();
    const { exitCode, all } = await script('demo', offset).process;
    expect(all).toContain('PASS  vector-clock-kv-store: every scenario passed');
    expect(all).toContain('PASS  smart-grid-load-balancer: no request failed');
    expect(all).toContain('Rush hour');
    expect(all.match(/^ {2}(claim|seen|means) /gm)).toHaveLength(3 * (scenarios.length + 1));
    for (const name of ['demo-store', 'demo-grid']) {
      const page = /^ {2}\w+ +(\S+)$/gm;
      const paths = [...all.matchAll(page)].map(([, path = '']) => path);
      const path = paths.find((candidate) => candidate.includes(name)) ?? '';
      expect(await readFile(path, 'utf8')).toMatch(/^<!doctype html>/);
    }
    expect(exitCode).toBe(0);
    expect(await portsInUse(planSuite(offset))).toEqual([]);
  }, 180_000);

  it.skipIf(process.platform === 'win32')(
    'prints no result when interrupted',
    async () => {
      const offset = await freeOffset();
      const running = script('demo', offset, { detached: true });
      await interruptAfter('PASS  original', running);
      const { all, exitCode } = await running.process;
      expect(all).toContain('Interrupted before the end.');
      expect(all).not.toMatch(/unexpectedly|PASS {2}vector-clock-kv-store|PASS {2}smart-grid-load-balancer/);
      expect(exitCode).toBe(130);
      expect(await portsInUse(planSuite(offset))).toEqual([]);
    },
    120_000,
  );
});
