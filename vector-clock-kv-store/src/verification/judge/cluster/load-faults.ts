import { setTimeout } from 'node:timers/promises';
import type { SeededRandom } from '@gridclock/simulation-kit';
import type { Fate } from './link-proxy.ts';
import type { LoadedCluster } from './loaded-cluster.ts';

/** The faults beside delays. A fault that the node has failed in already is left out, so that it counts once. */
export type LoadFaults = { losses: boolean; doubles: boolean; cuts: boolean; restarts: boolean };

/** Enough to overtake messages on other links, and short enough for a sender that waits for the answer. */
const MAX_DELAY_MS = 300;

/** How often a link is cut or a node restarted, and for how long a link is. */
const CUT_EVERY_MS = 1_200;
const CUT_MS = 700;
const RESTART_EVERY_MS = 3_000;

/** Draws the fate of the messages of one request. */
export function drawFate({ losses, doubles }: LoadFaults, random: SeededRandom): Fate {
  const drawn = random.fraction();
  const afterMs = random.chance(0.3) ? random.between(5, MAX_DELAY_MS) : 0;
  if (losses && drawn < 0.08) return { afterMs, kind: 'lose' };
  if (losses && doubles && drawn < 0.14) return { afterMs, kind: 'lose response' };
  if (doubles && drawn < 0.2) return { afterMs, kind: 'double' };
  return { afterMs, kind: 'pass' };
}

/** Cuts links and restarts nodes until the load is over. */
export async function runFaults(
  cluster: LoadedCluster,
  { cuts, restarts }: LoadFaults,
  random: SeededRandom,
  isOver: () => boolean,
): Promise<void> {
  await Promise.all([
    ...(cuts ? [cutLinks(cluster, random.fork(), isOver)] : []),
    ...(restarts ? [restartNodes(cluster, random.fork(), isOver)] : []),
  ]);
}

async function cutLinks(cluster: LoadedCluster, random: SeededRandom, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await setTimeout(CUT_EVERY_MS);
    const link = random.pick(cluster.links);
    link.isCut = true;
    await setTimeout(CUT_MS);
    link.isCut = false;
  }
}

async function restartNodes(
  cluster: LoadedCluster,
  random: SeededRandom,
  isOver: () => boolean,
): Promise<void> {
  for (;;) {
    await setTimeout(RESTART_EVERY_MS);
    if (isOver()) return;
    await cluster.restart(random.pick(cluster.ids));
  }
}
