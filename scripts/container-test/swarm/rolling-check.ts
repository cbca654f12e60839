import { NodeAdmin } from '../../../vector-clock-kv-store/src/soak/node-admin.ts';
import { SeededRandom } from '../../../vector-clock-kv-store/src/soak/seeded-random.ts';
import { SessionLoop } from '../../../vector-clock-kv-store/src/soak/session-loop.ts';
import { freshKeys, runTrial } from '../../../vector-clock-kv-store/src/soak/trial.ts';
import type { Checks } from '../checks.ts';
import { listFindings } from '../list-findings.ts';
import { tellTrial } from '../tell-trial.ts';
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
      const loop = new SessionLoop(
        (node) => nodes.get(node) ?? '',
        () => names,
        freshKeys(),
      );
      const before = await idsOf(stack, names);
      const report = await runTrial({
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
