import type { SeededRandom } from './seeded-random.ts';

/** Faults of the link from one node to another: messages are held, lost, doubled, reordered or delayed. */
export const linkFaultKinds = ['hold', 'drop', 'duplicate', 'reorder', 'delay'] as const;

/**
 * Every kind of fault. In addition to the link faults:
 * `kill` is SIGKILL. `pause` is SIGSTOP. `wipe` is SIGKILL and the loss of the disk. `cut` stops all messages in
 * one direction. `crash` is SIGKILL in a place where a supervisor restarts the process. `disconnect` stops all
 * messages to and from a node. `fill` fills a node's disk. `split` separates a node from the others, while each side
 * removes the other from the cluster; both are admitted again afterwards.
 *
 * `gray` lets a node answer health checks while its work hangs. `readdress` moves a node to another address, so that
 * all of its connections are dead, and new ones work. `restore` replaces a node's disk by an earlier copy. `twin`
 * starts a second process under a node's name: with a copy of its disk, or an empty one in the simulation. `flood`
 * disconnects a node while clients write megabytes to it. `rollback` replaces the disks of several nodes by copies of one
 * moment, cuts them off from the others, and starts them with a configuration that does not name these.
 */
export const faultKinds = [
  ...linkFaultKinds,
  'kill',
  'pause',
  'wipe',
  'cut',
  'crash',
  'disconnect',
  'fill',
  'split',
  'gray',
  'readdress',
  'restore',
  'twin',
  'flood',
  'rollback',
] as const;

/** One of `faultKinds`. */
export type FaultKind = (typeof faultKinds)[number];

/** One scheduled fault. Times are in milliseconds from the start of the run. */
export type InjectedFault = {
  kind: FaultKind;
  atMs: number;
  forMs: number;
  /** Sender and receiver for faults of a link or a direction, otherwise every node affected. */
  nodes: readonly string[];
  /** For `delay`: the added latency in milliseconds. */
  delayMs?: number;
};

/** The parameters of a random fault schedule. */
export type FaultPlan = {
  nodes: readonly string[];
  /** The latest start of a fault, in milliseconds. */
  untilMs: number;
  /** The mean time between two faults, in milliseconds. */
  everyMs: number;
  /** The range of a fault's duration, in milliseconds. */
  lasting: { shortestMs: number; longestMs: number };
  /** The relative frequency of each kind; a kind that is absent never occurs. */
  weights: Partial<Record<FaultKind, number>>;
};

/** Draws a fault schedule, in order of time. The plan and the seed alone determine it. */
export function planFaults(
  { nodes, untilMs, everyMs, lasting, weights }: FaultPlan,
  random: SeededRandom,
): InjectedFault[] {
  const faults: InjectedFault[] = [];
  const next = () => random.between(0, 2 * everyMs);
  for (let atMs = next(); atMs < untilMs; atMs += next()) {
    const kind = pickWeighted(weights, random);
    const forMs = Math.round(random.between(lasting.shortestMs, lasting.longestMs));
    faults.push({
      kind,
      atMs: Math.round(atMs),
      forMs,
      nodes: pickTargets(kind, nodes, random),
      ...(kind === 'delay' ? { delayMs: random.integer(5, 400) } : {}),
    });
  }
  return faults;
}

/** Formats a fault as one line: `1.2 s: delay node1 -> node2 by 80 ms for 2000 ms`. */
export function describeFault({ kind, atMs, forMs, nodes, delayMs }: InjectedFault): string {
  const where = nodes.join(isDirected(kind) ? ' -> ' : ', ');
  const latency = delayMs === undefined ? '' : ` by ${delayMs} ms`;
  return `${(atMs / 1000).toFixed(1)} s: ${kind} ${where}${latency} for ${forMs} ms`;
}

/** Whether the store's fault interface (`POST /faults`) can inject a fault of this kind. */
export function isLinkFault(kind: FaultKind): kind is (typeof linkFaultKinds)[number] {
  return linkFaultKinds.some((other) => other === kind);
}

function isDirected(kind: FaultKind): boolean {
  return isLinkFault(kind) || kind === 'cut';
}

function pickTargets(kind: FaultKind, nodes: readonly string[], random: SeededRandom): readonly string[] {
  const first = random.pick(nodes);
  if (isDirected(kind)) return [first, random.pick(nodes.filter((node) => node !== first))];
  // Some kills are a power failure: they hit every node.
  if (kind === 'kill' && random.chance(0.15)) return nodes;
  if (kind === 'rollback') return severalBut(first, nodes, random);
  return [first];
}

/** Returns one or more of the nodes, but not `remaining`. */
function severalBut(remaining: string, nodes: readonly string[], random: SeededRandom): readonly string[] {
  const others = nodes.filter((node) => node !== remaining);
  const count = random.integer(1, others.length);
  const start = random.integer(0, others.length - 1);
  return [...others, ...others].slice(start, start + count);
}

function pickWeighted(weights: FaultPlan['weights'], random: SeededRandom): FaultKind {
  const given = faultKinds.filter((kind) => (weights[kind] ?? 0) > 0);
  let left = random.fraction() * given.reduce((sum, kind) => sum + (weights[kind] ?? 0), 0);
  for (const kind of given) {
    left -= weights[kind] ?? 0;
    if (left < 0) return kind;
  }
  return random.pick(given);
}
