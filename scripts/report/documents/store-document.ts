import { replayArrivals } from '../evidence/replay.ts';
import { panelFigure } from '../figures/panel-chart.ts';
import { spaceTimeFigure } from '../figures/space-time-figure.ts';
import { readListing } from '../listing.ts';
import type { StoreRun } from '../run-data.ts';
import { count, counted, duration } from './format.ts';
import { metaOf, panelSource } from './meta.ts';

/** The declarations that the report quotes. */
const listings = {
  rule: ['vector-clock-kv-store/src/causality/vector-clock.ts', 'missingDependency'],
  receive: ['vector-clock-kv-store/src/causality/replica.ts', 'receive'],
  deliver: ['vector-clock-kv-store/src/causality/replica.ts', '#deliver'],
  release: ['vector-clock-kv-store/src/causality/causal-buffer.ts', 'release'],
  versions: ['vector-clock-kv-store/src/causality/versions.ts', 'withWrite'],
} as const;

/** What the template of the store's report reads: texts, and figures with their positions. */
export async function storeDocument(run: StoreRun): Promise<object> {
  const { heldCause, loads, panels, scenarios, soak, visibility } = run;
  const steps = scenarios.flatMap((scenario) => scenario.steps);
  return {
    meta: metaOf(run.origin),
    scenarios: scenarios.map(scenarioOf),
    passed: scenarios.filter(({ passed }) => passed).length,
    checks: count(steps.filter(({ kind }) => kind === 'passed').length),
    replay: replayOf(scenarios),
    heldCause: {
      writes: count(heldCause.writes),
      deepest: count(heldCause.deepest),
      held: duration(heldCause.heldMs),
      drained: duration(heldCause.drainedMs),
      each: duration(heldCause.drainedMs / heldCause.writes),
    },
    loads: loads.map(({ connections, failed, name, p50Ms, p99Ms, perSecond, seconds }) => ({
      name,
      connections: count(connections),
      seconds: count(seconds),
      rate: count(perSecond),
      p50: duration(p50Ms),
      p99: duration(p99Ms),
      failed: count(failed),
    })),
    visibility: {
      samples: count(visibility.samples),
      p50: duration(visibility.p50Ms),
      p99: duration(visibility.p99Ms),
      read: duration(visibility.readP50Ms),
    },
    soak: soakOf(soak),
    panels: panels.panels.map((panel) => panelFigure(panel, panels.seconds)),
    panelSource: panelSource(panels),
    listings: Object.fromEntries(
      await Promise.all(
        Object.entries(listings).map(async ([name, [file, symbol]]) => [
          name,
          await readListing(file, symbol),
        ]),
      ),
    ),
  };
}

function scenarioOf({
  claim,
  events,
  gaps,
  keyPrefix,
  meaning,
  name,
  passed,
  seen,
  steps,
}: StoreRun['scenarios'][number]) {
  const text = (value: unknown) => JSON.stringify(value).replaceAll(keyPrefix, '');
  const figure = spaceTimeFigure({ events, gaps }, keyPrefix);
  const kinds = (kind: string) => events.filter((event) => event.kind === kind).length;
  return {
    name,
    claim,
    meaning,
    passed,
    seen: (seen ?? 'it failed; see its steps').replaceAll(keyPrefix, ''),
    steps: steps.map((step) => ({
      kind: step.kind,
      text: step.text.replaceAll(keyPrefix, ''),
      result: step.result === undefined ? '' : text(step.result),
    })),
    figure,
    counts: [
      counted(kinds('write'), 'write'),
      counted(figure.messages.length, 'message'),
      counted(kinds('deliver'), 'delivery', 'deliveries'),
      ...(figure.waits.length === 0
        ? []
        : [counted(figure.waits.length, 'wait in a buffer', 'waits in a buffer')]),
    ].join(', '),
  };
}

/** The replay of the first scenario in which a write was buffered. */
function replayOf(scenarios: StoreRun['scenarios']) {
  for (const { events, keyPrefix } of scenarios) {
    const replay = replayArrivals(events);
    if (replay === undefined) continue;
    const { arrivals, causal, naive, node } = replay;
    const short = (text: string) => text.replaceAll(keyPrefix, '');
    return {
      node,
      arrivals: arrivals.map(({ from, key, value }) => ({ from, text: `${short(key)} = ${value}` })),
      causalHolds: causal.consistent,
      naiveHolds: naive.consistent,
      pattern: naive.consistent ? '' : naive.pattern,
      explanation: naive.consistent ? '' : short(naive.explanation),
      operations: naive.consistent ? [] : naive.operations.map(({ text }) => short(text)),
      evidence: naive.consistent ? [] : naive.evidence.map(short),
    };
  }
  return null;
}

/** What the faults of a soak are, for readers who have not seen its code. */
const faultMeanings: Readonly<Record<string, string>> = {
  hold: 'messages on a link wait until the fault ends',
  drop: 'messages on a link are lost',
  duplicate: 'messages on a link arrive twice',
  reorder: 'messages on a link overtake each other',
  delay: 'messages on a link are late',
  cut: 'nothing passes on a link in one direction',
  disconnect: 'nothing passes to and from a node',
  split: 'a node is separated from the others, and each side removes the other',
  flood: 'a node is cut off while clients write megabytes to it',
  kill: 'a process is killed (SIGKILL) and restarted',
  pause: 'a process is stopped for a while (SIGSTOP)',
  wipe: 'a process is killed and loses its disk; it returns under a new incarnation',
  restore: 'a process is killed and returns with an old copy of its disk',
  twin: 'a second process starts under the name of a node, with a copy of its disk',
  readdress: 'a node returns at another address',
};

function soakOf(soak: StoreRun['soak']) {
  const faults = Object.entries(soak.faults).toSorted(([, left], [, right]) => right - left);
  const seconds = soak.elapsed_ms / 1_000;
  return {
    seconds: count(soak.seconds),
    seed: `${soak.seed}`,
    nodes: count(soak.nodes),
    sessions: count(soak.sessions),
    operations: count(soak.operations),
    rate: count(soak.operations / seconds),
    acknowledged: count(soak.acknowledged),
    reads: count(soak.reads),
    unknown: count(soak.unknown),
    failures: count(soak.failures),
    faults: faults.map(([kind, number]) => ({
      kind,
      number: count(number),
      meaning: faultMeanings[kind] ?? '',
    })),
    faultTotal: count(faults.reduce((sum, [, number]) => sum + number, 0)),
    findings: soak.findings,
    passed: soak.findings.length === 0,
  };
}
