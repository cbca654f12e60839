import type { Project } from '../docker/project.ts';
import type { Checks } from '../report/checks.ts';

const configuration = '/etc/prometheus';

/** Lets the container's own promtool judge the configuration, the rules and what services expose. */
export async function checkWithPromtool(
  checks: Checks,
  project: Project,
  /** `host:port` of the services to judge, as the Prometheus container knows them. */
  services: readonly string[],
): Promise<void> {
  const inPrometheus = (script: string) => project.compose('exec', '-T', 'prometheus', 'sh', '-c', script);

  await checks.check('promtool finds nothing wrong with the configuration and the rules', async () => {
    await inPrometheus(`promtool check config ${configuration}/prometheus.yml`);
    return undefined;
  });
  await checks.check('every alert fires when it should, and only then', async () => {
    await inPrometheus(`promtool test rules ${configuration}/tests/*.test.yml`);
    return undefined;
  });
  await checks.check('promtool finds nothing wrong with what the services expose', async () => {
    for (const service of services) {
      const complaints = await inPrometheus(
        `wget -q -O - http://${service}/metrics | promtool check metrics`,
      );
      if (complaints !== '') throw new Error(`${service}: ${complaints}`);
    }
    return `${services.length} services`;
  });
}
