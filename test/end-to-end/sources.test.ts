import { fileURLToPath } from 'node:url';
import { freePort, type LocalService, startLocalService } from '@gridclock/local-service';
import { execa } from 'execa';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { programs } from '../support/bundle-programs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const isService = (program: string) => /(node|main)\.ts$/.test(program);
const running: LocalService[] = [];

// Other process tests run bundles, to start faster. Without them, programs run as the READMEs say.
beforeEach(() => {
  vi.stubEnv('GRIDCLOCK_BUNDLES', undefined);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all(running.map((service) => service.stop()));
});

describe('a program run from its sources', () => {
  it.each(programs.filter((program) => !isService(program)))('%s describes itself', async (program) => {
    const command = ['--import', 'tsx', program, '--help'];
    const { stdout } = await execa(process.execPath, command, { cwd: root });
    expect(stdout).toMatch(/Exit codes: 0 /);
  });

  it.each(programs.filter(isService))('%s serves', async (program) => {
    const service = startLocalService({
      name: program,
      entryFile: fileURLToPath(new URL(program, `file://${root}`)),
      port: await freePort(),
      environment: {
        NODE_ID: 'node1',
        SUBSTATION_ID: 's1',
        SUBSTATIONS: 's1=http://127.0.0.1:9',
        LOAD_BALANCER_URL: 'http://127.0.0.1:9',
      },
    });
    running.push(service);
    const isHealthy = async () => (await fetch(`${service.url}/health`)).status === 200;
    await vi.waitFor(isHealthy, { timeout: 50_000, interval: 50 });
    await service.stop();
    expect(await service.exited).toMatchObject({ exitCode: 0 });
  });
});
