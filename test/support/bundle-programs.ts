import { fileURLToPath } from 'node:url';
import { bundled } from '@gridclock/local-service';
import type { TestProject } from 'vitest/node';

/** The programs that process tests start, most of them many times. */
export const programs = [
  'vector-clock-kv-store/src/node.ts',
  'vector-clock-kv-store/src/client.ts',
  'smart-grid-load-balancer/alert_receiver/main.ts',
  'smart-grid-load-balancer/charge_request_service/main.ts',
  'smart-grid-load-balancer/load_balancer/main.ts',
  'smart-grid-load-balancer/substation_service/main.ts',
  'smart-grid-load-balancer/load_tester/test.ts',
];

/** Bundles the programs before the process tests: a bundle starts with a third of the CPU time. */
export default async function bundlePrograms(project: TestProject): Promise<() => Promise<void>> {
  const root = new URL('../../', import.meta.url);
  const bundles = await bundled(programs.map((program) => fileURLToPath(new URL(program, root))));
  project.onTestsRerun(bundles.rebuild);
  return bundles.remove;
}
