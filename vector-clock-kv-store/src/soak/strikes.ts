import type { SeededRandom } from './seeded-random.ts';

/** What goes wrong on the way from one node to another; see faulty-transport.ts. */
export const linkStrikes = ['hold', 'drop', 'duplicate', 'reorder', 'delay'] as const;

/**
 * `kill`: as SIGKILL does. `pause`: as SIGSTOP does. `wipe`: killed, and its disk lost. `cut`: no message passes one
 * way. `crash`: killed, and started again by whoever runs it. `disconnect`: no message passes to or from it.
 */
export const strikeKinds = [...linkStrikes, 'kill', 'pause', 'wipe', 'cut', 'crash', 'disconnect'] as const;

/** A kind of strike; see strikeKinds. */
export type StrikeKind = (typeof strikeKinds)[number];

/** One thing that goes wrong, at a moment and for a while, both in milliseconds. */
export type Strike = {
  kind: StrikeKind;
  atMs: number;
  forMs: number;
  /** From which node to which for what strikes a way; else all the nodes struck. */
  nodes: readonly string[];
  /** For `delay`: by how many milliseconds. */
  delayMs?: number;
};

/** What strikes are drawn from. */
export type StrikePlan = {
  nodes: readonly string[];
  /** When the last strike may begin, in milliseconds. */
  untilMs: number;
  /** How far apart strikes are, on average, in milliseconds. */
  everyMs: number;
  /** How long each lasts, in milliseconds. */
  lasting: { shortestMs: number; longestMs: number };
  /** How often each kind comes, as a weight; not at all when absent. */
  weights: Partial<Record<StrikeKind, number>>;
};

/** All that will go wrong, in order of time: nothing but the plan and the chance given decides it. */
export function planStrikes(
  { nodes, untilMs, everyMs, lasting, weights }: StrikePlan,
  random: SeededRandom,
): Strike[] {
  const strikes: Strike[] = [];
  const next = () => random.between(0, 2 * everyMs);
  for (let atMs = next(); atMs < untilMs; atMs += next()) {
    const kind = pickWeighted(weights, random);
    const forMs = Math.round(random.between(lasting.shortestMs, lasting.longestMs));
    strikes.push({
      kind,
      atMs: Math.round(atMs),
      forMs,
      nodes: victims(kind, nodes, random),
      ...(kind === 'delay' ? { delayMs: random.whole(5, 400) } : {}),
    });
  }
  return strikes;
}

/** A strike on one line. */
export function describeStrike({ kind, atMs, forMs, nodes, delayMs }: Strike): string {
  const where = isLinkStrike(kind) || kind === 'cut' ? nodes.join(' -> ') : nodes.join(', ');
  const late = delayMs === undefined ? '' : ` by ${delayMs} ms`;
  return `${(atMs / 1000).toFixed(1)} s: ${kind} ${where}${late} for ${forMs} ms`;
}

/** Whether a kind strikes the way from one node to another, which the fault interface does. */
export function isLinkStrike(kind: StrikeKind): kind is (typeof linkStrikes)[number] {
  return linkStrikes.some((other) => other === kind);
}

function victims(kind: StrikeKind, nodes: readonly string[], random: SeededRandom): readonly string[] {
  const first = random.pick(nodes);
  if (isLinkStrike(kind) || kind === 'cut')
    return [first, random.pick(nodes.filter((node) => node !== first))];
  // Now and then the power fails everywhere.
  if (kind === 'kill' && random.chance(0.15)) return nodes;
  return [first];
}

function pickWeighted(weights: StrikePlan['weights'], random: SeededRandom): StrikeKind {
  const given = strikeKinds.filter((kind) => (weights[kind] ?? 0) > 0);
  let left = random.fraction() * given.reduce((sum, kind) => sum + (weights[kind] ?? 0), 0);
  for (const kind of given) {
    left -= weights[kind] ?? 0;
    if (left < 0) return kind;
  }
  return random.pick(given);
}
