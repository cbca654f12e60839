import { SeededRandom } from '@gridclock/simulation-kit';
import { ClientWorkload } from 'vector-clock-kv-store/verification/workload/client-workload.ts';
import { NodeAdmin } from 'vector-clock-kv-store/verification/workload/node-api.ts';
import { freshKeys, runWorkload } from 'vector-clock-kv-store/verification/workload/workload-run.ts';
import type { Checks } from '../report/checks.ts';
import { tellTrial } from '../report/format-workload-run.ts';
import { listFindings } from '../report/list-findings.ts';
import type { Stack } from './stack.ts';

export type RollingOptions = {
  stack: Stack;
  /** Where the nodes are published, by name. */
  nodes: ReadonlyMap<string, string>;
  clusterToken: string;
  /** The image that the nodes are given. */
  image: string;
  seed: number;
  write: (line: string) => void;
};

/** Enough that every node is always asked something; the nodes shall use the machine, not these. */
const SESSIONS = 8;

/** Gives the store another image as users do, while recorded sessions read and write. */
export async function checkRollingUpdate(checks: Checks, options: RollingOptions): Promise<void> {
  const { clusterToken, image, nodes, seed, stack, write } = options;
  await checks.check(
    "the store's nodes get another image one after another, and sessions go on",
    async () => {
      const names = [...nodes.keys()];
      const loop = new ClientWorkload(
        (node) => nodes.get(node) ?? '',
        () => names,
        freshKeys(),
      );
      const before = await idsOf(stack, names);
      const report = await runWorkload({
        nodes,
        admin: new NodeAdmin(clusterToken),
        loop,
        sessions: SESSIONS,
        random: new SeededRandom(seed),
        async ordeal() {
          // What the registry has is not what was built here.
          await stack.script('roll-store', image, stack.name, '--no-resolve-image', '--quiet');
        },
        // The script ends when every node is ready.
        heal: () => Promise.resolve(),
        print: (line) => write(`  ${line}`),
      });
      const after = await idsOf(stack, names);
      const same = names.filter((_, index) => before[index] === after[index]);
      const findings = [...report.findings, ...same.map((name) => `${name} was not replaced`)];
      if (findings.length > 0) throw new Error(listFindings(findings));
      return tellTrial(report);
    },
  );
}

async function idsOf(stack: Stack, names: readonly string[]): Promise<string[]> {
  const containers = await Promise.all(names.map((name) => stack.containers(name)));
  return containers.map(([first]) => first?.id ?? '');
}
