/** @jsxRuntime automatic @jsxImportSource preact */
import { useState } from 'preact/hooks';
import { dotKey } from '../../vector-clock-kv-store/src/causality/vector-clock.ts';
import { EventDetails } from '../../vector-clock-kv-store/src/live-page/event-details.tsx';
import { WaitingWires } from '../../vector-clock-kv-store/src/live-page/waiting-wires.tsx';
import { formatClock } from '../../vector-clock-kv-store/src/space-time/format-clock.ts';
import { type Layout, layOut } from '../../vector-clock-kv-store/src/space-time/layout.ts';
import type { MarkLabel } from '../../vector-clock-kv-store/src/space-time/mark-label.ts';
import { eventKey } from '../../vector-clock-kv-store/src/space-time/recording.ts';
import { relationTo } from '../../vector-clock-kv-store/src/space-time/relations.ts';
import { SpaceTime } from '../../vector-clock-kv-store/src/space-time/space-time.tsx';
import { faultSpans } from '../../vector-clock-kv-store/src/space-time/spans.ts';
import type { ClockedSummary, TracedEvent } from '../../vector-clock-kv-store/src/trace/event.ts';
import { nodeName } from './action.ts';
import { type Played, STEP_MS } from './play.ts';
import type { PlayedNode } from './played-node.ts';
import { VerdictView } from './verdict-view.tsx';

type RuleViewProps = { title: string; rule: string; played: Played };

/** What happened under one delivery rule: the verdict, and the diagram. */
export function RuleView({ title, rule, played }: RuleViewProps) {
  const [chosen, choose] = useState<string>();
  const { nodes, events, links, verdict } = played;
  const lanes = nodes.map(({ name }) => name);
  const layout = withoutMomentaryFaults(
    layOut(
      { events, gaps: [] },
      { lanes, hasSteps: true, relabel: (event, label) => relabel(event, label, nodes) },
    ),
  );
  const selected = layout.marks.map(({ event }) => event).find((event) => keyOf(event) === chosen);
  const waiting = links.flatMap(({ from, to, waiting: writes }) =>
    // A duplicate lies on the same line.
    writes
      .filter((write, index) => writes.findIndex((other) => isSame(other, write)) === index)
      .map((write) => ({ from: nodeName(from), to: nodeName(to), write })),
  );
  return (
    <section class="rule" aria-labelledby={`${rule}-title`} data-rule={rule}>
      <VerdictView title={title} id={`${rule}-title`} verdict={verdict} />
      <div class="diagram card">
        <SpaceTime
          layout={layout}
          label={`${title}: events, with time downwards`}
          formatTime={(at) => `step ${at / STEP_MS}`}
          formatSpan={formatSteps}
          head={(lane) => {
            const node = nodes.find(({ name }) => name === lane);
            const buffered = node?.rule.buffered().length ?? 0;
            return (
              <div class="node-head">
                <b class="lane-name">{lane}</b>
                <span class="clock">{formatClock(node?.rule.clock ?? {}, lanes)}</span>
                {buffered > 0 && <span class="badge wait">{buffered} waiting</span>}
              </div>
            );
          }}
          relationOf={selected && ((event) => relationTo(selected, event))}
          onSelect={(event) => choose(keyOf(event) === chosen ? undefined : keyOf(event))}
        >
          <WaitingWires layout={layout} waiting={waiting} />
        </SpaceTime>
        {layout.marks.length === 0 && (
          <p class="empty soft">
            Choose a lesson, or put a key at a node and decide which message arrives first.
          </p>
        )}
      </div>
      {selected !== undefined && (
        <EventDetails event={selected} events={events} lanes={lanes} onClose={() => choose(undefined)} />
      )}
    </section>
  );
}

/** An arrow shows each message, so its sending has no label. A delivery names the cause that has not arrived. */
function relabel(
  event: TracedEvent,
  label: MarkLabel | undefined,
  nodes: readonly PlayedNode[],
): MarkLabel | undefined {
  if (event.kind === 'send' || label === undefined) return undefined;
  // Every value here is a text: without its quotes, it fits beside a phone's lane.
  const short = { ...label, object: label.object.replace(/^(.*?)="(.*)"$/, '$1=$2') };
  if (event.kind !== 'deliver') return short;
  const missing = nodes.find(({ name }) => name === event.host)?.early.get(dotKey(event.write));
  return missing === undefined
    ? short
    : { ...short, condition: `without ${missing.node}:${missing.counter}` };
}

function formatSteps(ms: number): string {
  const steps = ms / STEP_MS;
  return `${steps} ${steps === 1 ? 'step' : 'steps'}`;
}

/** A click drops, duplicates or reorders one message: unlike a hold or a cut, that does not last. */
function withoutMomentaryFaults(layout: Layout): Layout {
  const lasting = layout.marks
    .map(({ event }) => event)
    .filter((event) => event.kind !== 'fault' || event.phase !== 'affect');
  return { ...layout, faults: faultSpans(lasting) };
}

function keyOf({ host, clock }: TracedEvent): string {
  return eventKey(host, clock[host] ?? 0);
}

function isSame(one: ClockedSummary, other: ClockedSummary): boolean {
  return one.node === other.node && one.counter === other.counter;
}
