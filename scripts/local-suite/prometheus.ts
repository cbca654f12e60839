import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { PlannedService } from './plan.ts';

const rules = new URL('../../smart-grid-load-balancer/monitoring/prometheus/rules/', import.meta.url);

/** Whether `prometheus` is on the PATH. */
export async function prometheusInstalled(): Promise<boolean> {
  const { failed } = await execa('prometheus', ['--version'], { reject: false, stdio: 'ignore' });
  return !failed;
}

/** A running Prometheus; `stop` also deletes its data. */
export type LocalPrometheus = { stop: () => Promise<void> };

/**
 * Starts a Prometheus that scrapes the local services and keeps its data in a temporary folder.
 *
 * @param onLine called with each line that it logs
 * @param scrapeSeconds 5, as in the containers
 */
export async function startPrometheus(
  services: readonly PlannedService[],
  port: number,
  onLine: (line: string) => void,
  scrapeSeconds = 5,
): Promise<LocalPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'gridclock-prometheus-'));
  const configFile = join(folder, 'prometheus.yml');
  await writeFile(configFile, prometheusConfig(services, port, scrapeSeconds));
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

/** The same rules, jobs and instances as in the containers. The result is JSON, which is valid YAML. */
function prometheusConfig(
  services: readonly PlannedService[],
  ownPort: number,
  scrapeSeconds: number,
): string {
  const scraped = [...services, { name: 'localhost', job: 'prometheus', port: ownPort }];
  const jobs = [...new Set(scraped.map(({ job }) => job))];
  return JSON.stringify({
    global: {
      scrape_interval: `${scrapeSeconds}s`,
      scrape_timeout: `${Math.min(3, scrapeSeconds)}s`,
      evaluation_interval: `${scrapeSeconds}s`,
    },
    rule_files: [join(fileURLToPath(rules), '*.yml')],
    scrape_configs: jobs.map((job) => ({
      job_name: job,
      static_configs: scraped
        .filter((service) => service.job === job)
        .map(({ name, port }) => ({ targets: [`127.0.0.1:${port}`], labels: { instance: name } })),
    })),
  });
}
