import type { Project } from '../docker/project.ts';
import type { Checks } from '../report/checks.ts';

const configFolder = '/etc/prometheus';

/** Runs the Prometheus container's promtool on the configuration, the rules and the services' metrics. */
export async function checkWithPromtool(
  checks: Checks,
  project: Project,
  /** `host:port` of each service, as resolved inside the Prometheus container. */
  services: readonly string[],
): Promise<void> {
  const inPrometheus = (script: string) => project.compose('exec', '-T', 'prometheus', 'sh', '-c', script);

  await checks.check('promtool accepts the configuration and the rules', async () => {
    await inPrometheus(`promtool check config ${configFolder}/prometheus.yml`);
    return undefined;
  });
  await checks.check('alerts fire when they should, and only then', async () => {
    await inPrometheus(`promtool test rules ${configFolder}/tests/*.test.yml`);
    return undefined;
  });
  await checks.check("promtool accepts the services' metrics", async () => {
    for (const service of services) {
      const problems = await inPrometheus(`wget -q -O - http://${service}/metrics | promtool check metrics`);
      if (problems !== '') throw new Error(`${service}: ${problems}`);
    }
    return `${services.length} services`;
  });
}
