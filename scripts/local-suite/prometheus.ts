import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { PlannedService } from './plan.ts';

/** Whether a `prometheus` is on the PATH. */
export async function prometheusInstalled(): Promise<boolean> {
  const { failed } = await execa('prometheus', ['--version'], { reject: false, stdio: 'ignore' });
  return !failed;
}

/** A Prometheus that scrapes the local services, with its data in a temporary folder. */
export type LocalPrometheus = { stop: () => Promise<void> };

/** @param onLine gets what it writes */
export async function startPrometheus(
  services: readonly PlannedService[],
  port: number,
  onLine: (line: string) => void,
): Promise<LocalPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'gridclock-prometheus-'));
  const configFile = join(folder, 'prometheus.yml');
  await writeFile(configFile, scrapeConfig(services));
  const child = execa(
    'prometheus',
    [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { stdin: 'ignore', stdout: 'ignore', stderr: 'pipe', buffer: false, reject: false },
  );
  const reading = (async () => {
    for await (const line of child.iterable({ from: 'stderr' })) onLine(line);
  })();
  return {
    async stop() {
      child.kill('SIGTERM');
      await Promise.all([child, reading]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Jobs and instances as in the containers' configuration. JSON is YAML too. */
function scrapeConfig(services: readonly PlannedService[]): string {
  const jobs = [...new Set(services.map(({ job }) => job))];
  return JSON.stringify({
    global: { scrape_interval: '5s', scrape_timeout: '3s' },
    scrape_configs: jobs.map((job) => ({
      job_name: job,
      static_configs: services
        .filter((service) => service.job === job)
        .map(({ name, port }) => ({ targets: [`127.0.0.1:${port}`], labels: { instance: name } })),
    })),
  });
}
