import { SeededRandom } from '@gridclock/simulation-kit';
import { ClientWorkload } from 'vector-clock-kv-store/verification/workload/client-workload';
import { NodeApi } from 'vector-clock-kv-store/verification/workload/node-api';
import { freshKeys, runWorkload } from 'vector-clock-kv-store/verification/workload/workload-run';
import type { Checks } from '../report/checks.ts';
import { expectNoFindings } from '../report/findings.ts';
import { formatWorkloadReport } from '../report/format-workload-report.ts';
import type { Stack } from './stack.ts';

export type RollingUpdateOptions = {
  stack: Stack;
  /** The URL of each node, by name. */
  nodes: ReadonlyMap<string, string>;
  clusterToken: string;
  /** The image to update the nodes to. */
  image: string;
  seed: number;
  /** Prints one line of progress. */
  print: (line: string) => void;
};

/** Enough to keep every node busy, and few enough that the nodes get most of the CPU. */
const SESSIONS = 8;

/** Updates the store's image with the users' script while recorded sessions read and write. */
export async function checkRollingUpdate(checks: Checks, options: RollingUpdateOptions): Promise<void> {
  const { clusterToken, image, nodes, print, seed, stack } = options;
  await checks.check('a rolling update replaces every store node while sessions continue', async () => {
    const names = [...nodes.keys()];
    const workload = new ClientWorkload(
      (node) => nodes.get(node) ?? '',
      () => names,
      freshKeys(),
    );
    const before = await containerIds(stack, names);
    const report = await runWorkload({
      nodes,
      api: new NodeApi({ token: clusterToken }),
      workload,
      sessions: SESSIONS,
      random: new SeededRandom(seed),
      async disturbance() {
        // The image was built here; a registry may have another one under its name.
        await stack.script('roll-store', image, stack.name, '--no-resolve-image', '--quiet');
      },
      // The script exits when every node is ready.
      heal: () => Promise.resolve(),
      print: (line) => print(`  ${line}`),
    });
    const after = await containerIds(stack, names);
    const unchanged = names.filter((_, index) => before[index] === after[index]);
    expectNoFindings([...report.findings, ...unchanged.map((name) => `${name} was not replaced`)]);
    return formatWorkloadReport(report);
  });
}

async function containerIds(stack: Stack, services: readonly string[]): Promise<string[]> {
  const containers = await Promise.all(services.map((service) => stack.containers(service)));
  return containers.map(([first]) => first?.id ?? '');
}
