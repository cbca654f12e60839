import { setTimeout } from 'node:timers/promises';
import type { SeededRandom } from '@gridclock/simulation-kit';
import { checkHistory } from '../../history/check-history.ts';
import type { History } from '../../history/history.ts';
import { HistoryRecorder } from '../../history/recorder.ts';
import type { ClusterProbe, ClusterRun } from './cluster-probe.ts';
import { JudgedSession } from './judged-session.ts';
import { drawFate, type LoadFaults, runFaults } from './load-faults.ts';
import type { LoadedCluster } from './loaded-cluster.ts';

export type LoadOptions = {
  seconds: number;
  random: SeededRandom;
  faults: LoadFaults;
  /** Whether clients pass clocks, and so may use any node. Without, each stays at one. */
  hasContexts: boolean;
  /** Whether several clients write a key. Without, each writes only its own keys, and reads all. */
  hasSharedKeys: boolean;
  /** Begins each key; a cluster that runs may have others. */
  keyPrefix?: string;
};

/** What the load reports with. */
type LoadRun = Pick<ClusterRun, 'step' | 'check' | 'soon' | 'violated'> & { cluster: LoadedCluster };

const SESSIONS = 6;
const KEYS = 6;

/** Clients use a cluster under faults; the recorded history must be causally convergent, and so must the nodes. */
export function loadProbe(options: LoadOptions): ClusterProbe {
  const { faults, random, seconds } = options;
  return {
    property: 'causality',
    summary: `${SESSIONS} clients use a cluster for ${seconds} s; messages are ${describe(faults)}`,
    hasDisk: faults.restarts,
    fateOf: () => drawFate(faults, random),
    run: (run) => runLoad(run, options),
  };
}

/** Clients use a cluster; their history and what the nodes show in the end must be right. */
export async function runLoad(run: LoadRun, options: LoadOptions): Promise<void> {
  const { cluster } = run;
  const recorder = new HistoryRecorder({ now: () => performance.now() });
  const deadline = performance.now() + options.seconds * 1_000;
  const isOver = () => performance.now() > deadline;
  const work = Array.from({ length: SESSIONS }, (_, index) =>
    useCluster(cluster, recorder, index, options, isOver),
  );
  await Promise.all([...work, runFaults(cluster, options.faults, options.random.fork(), isOver)]);
  // A right node that sends one message at a time may have many left, which the delays would hold up for longer than it has.
  for (const link of cluster.links) link.heal();
  const history = recorder.history();
  const operations = history.sessions.reduce((total, session) => total + session.operations.length, 0);
  run.step(`operations of ${SESSIONS} clients`, operations);
  run.check(cluster.crash === undefined, 'no node exits by itself', cluster.crash);
  run.check(operations > SESSIONS, 'clients get responses', `${operations} in ${options.seconds} s`);
  const verdict = checkHistory(withoutClocks(history));
  if (!verdict.consistent) return run.violated(verdict);
  run.check(true, `the history of ${operations} operations is causally convergent`);
  await expectSameValues(run, keysOf(options));
}

/** All writes arrive in the end, so all nodes show the same. */
async function expectSameValues({ cluster, soon }: LoadRun, keys: readonly string[]): Promise<void> {
  let different = '';
  const isSame = async () => {
    different = '';
    for (const key of keys) {
      const values = await Promise.all(
        cluster.ids.map(async (id) => (await cluster.client(id).get(key)).value),
      );
      if (new Set(values.map((value) => JSON.stringify(value))).size > 1)
        different = `${key} is ${values.map((value, index) => `${JSON.stringify(value)} at ${cluster.ids[index]}`).join(', ')}`;
    }
    return different === '';
  };
  await soon(isSame, 'after the last message, all nodes show the same values', () => different);
}

async function useCluster(
  cluster: LoadedCluster,
  recorder: HistoryRecorder,
  index: number,
  options: LoadOptions,
  isOver: () => boolean,
): Promise<void> {
  const { hasContexts, hasSharedKeys, random: seeded } = options;
  const keys = keysOf(options);
  const random = seeded.fork();
  const session = recorder.session(`client ${index + 1}`, new JudgedSession(cluster, hasContexts));
  const home = cluster.ids[index % cluster.ids.length] ?? '';
  while (!isOver()) {
    const node = hasContexts ? random.pick(cluster.ids) : home;
    const key = random.pick(keys);
    try {
      if (random.chance(0.4)) await session.put(hasSharedKeys ? key : (keys[index % KEYS] ?? key), { node });
      else await session.get(key, { node });
    } catch {
      // The node is down or behind; the recorder knows what that means for the history.
    }
    await setTimeout(random.between(5, 30));
  }
}

function keysOf({ keyPrefix = '' }: LoadOptions): string[] {
  return Array.from({ length: KEYS }, (_, index) => `${keyPrefix}key ${index + 1}`);
}

/** Clocks of answers differ in meaning, of the node or of the value; the values say enough. */
function withoutClocks({ sessions }: History): History {
  return {
    sessions: sessions.map(({ name, operations }) => ({
      name,
      operations: operations.map(({ vc: _, ...operation }) => operation),
    })),
  };
}

function describe({ losses, doubles, cuts, restarts }: LoadFaults): string {
  return [
    'delayed',
    ...(doubles ? ['doubled'] : []),
    ...(losses ? ['lost'] : []),
    ...(cuts ? ['cut off'] : []),
    ...(restarts ? ['and nodes are killed and restarted'] : []),
  ].join(', ');
}
