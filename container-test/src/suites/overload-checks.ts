import { runClosedLoop } from '@gridclock/local-service';
import { CausalClient } from 'vector-clock-kv-store/causal-client';
import type { Project } from '../docker/project.ts';
import { containersOf } from '../docker/wait-until-healthy.ts';
import type { Checks } from '../report/checks.ts';

export type OverloadOptions = {
  project: Project;
  /** The URLs of the nodes, node1 first. */
  nodeUrls: readonly string[];
};

/** Several times what a node has in progress at once on a desk machine. */
const CONNECTIONS = 600;

const DURATION_MS = 5_000;

/** 2 s: a probe needs a few turns of the event loop, of some milliseconds each; the rest is for a busy machine. */
const HEALTH_LIMIT_MS = 2_000;

/** Sends a node more than it can take, and checks that it works, is alive and recovers. */
export async function checkOverload(checks: Checks, { project, nodeUrls }: OverloadOptions): Promise<void> {
  const [url = ''] = nodeUrls;
  await checks.check(
    'a node under overload works on, refuses the rest early, and recovers at once',
    async () => {
      const [before] = await containersOf(project, ['node1']);
      let loading = true;
      let slowestMs = 0;
      const probing = (async () => {
        while (loading) {
          const startedAt = performance.now();
          const { status } = await fetch(`${url}/health`);
          if (status !== 200) throw new Error(`GET /health responded ${status}`);
          slowestMs = Math.max(slowestMs, performance.now() - startedAt);
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
      })();
      const load = runClosedLoop({
        urls: [`${url}/put`],
        bodyOf: (index) => ({ key: `overload-${index % 1_000}`, value: index }),
        connections: CONNECTIONS,
        durationMs: DURATION_MS,
      }).finally(() => {
        loading = false;
      });
      const [{ failed, goodput, statuses }] = await Promise.all([load, probing]);
      const unexpected = [...statuses.keys()].filter((status) => status !== 200 && status !== 503);
      if (failed > 0 || unexpected.length > 0)
        throw new Error(`${failed} requests got no response; statuses: ${[...statuses.keys()].join(', ')}`);
      if (goodput === 0) throw new Error('no write succeeded');
      if (slowestMs > HEALTH_LIMIT_MS) throw new Error(`GET /health took ${slowestMs.toFixed(0)} ms`);
      await new CausalClient({ nodes: nodeUrls }).put('after-overload', 1);
      const [after] = await containersOf(project, ['node1']);
      if (after?.startedAt !== before?.startedAt) throw new Error('node1 restarted');
      const refused = statuses.get(503) ?? 0;
      return `${goodput.toFixed(0)} writes/s, ${refused} refused, /health within ${slowestMs.toFixed(0)} ms`;
    },
  );
}
