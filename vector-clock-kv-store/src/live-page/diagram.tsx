/** @jsxRuntime automatic @jsxImportSource preact */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ClusterMember } from '../live/node-view.ts';
import { formatClock } from '../space-time/format-clock.ts';
import type { Layout } from '../space-time/layout.ts';
import { relationTo } from '../space-time/relations.ts';
import { SpaceTime } from '../space-time/space-time.tsx';
import type { TracedEvent } from '../trace/event.ts';
import type { WaitingMessage } from './waiting-messages.ts';
import { WaitingWires } from './waiting-wires.tsx';

/** As far from the end, in pixels, the diagram still follows what happens. */
const NEAR_END = 80;

type DiagramProps = {
  layout: Layout;
  nodes: readonly ClusterMember[];
  waiting: readonly WaitingMessage[];
  selected: TracedEvent | undefined;
  onSelect: (event: TracedEvent | undefined) => void;
  /** Whether the nodes record their events. */
  isTraced: boolean;
  isLive: boolean;
};

/** The growing diagram. It scrolls along as long as its end is in view. */
export function Diagram({ layout, nodes, waiting, selected, onSelect, isTraced, isLive }: DiagramProps) {
  const scroller = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    const { current } = scroller;
    if (current !== null && isAtEnd.current && selected === undefined)
      current.scrollTop = current.scrollHeight;
  });
  return (
    <section
      class="diagram card"
      aria-label="What the nodes do"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it.
      tabIndex={0}
      ref={scroller}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        isAtEnd.current = scrollTop + clientHeight > scrollHeight - NEAR_END;
      }}
    >
      <SpaceTime
        layout={layout}
        label="Events, with time downwards"
        formatTime={formatClockTime}
        head={(lane) => <NodeHead lane={lane} lanes={layout.lanes} nodes={nodes} />}
        relationOf={selected && ((event) => relationTo(selected, event))}
        onSelect={(event) => onSelect(event === selected ? undefined : event)}
      >
        <WaitingWires layout={layout} waiting={waiting} />
      </SpaceTime>
      {layout.marks.length === 0 && <p class="empty soft">{emptyText(isLive, isTraced, nodes)}</p>}
    </section>
  );
}

function emptyText(isLive: boolean, isTraced: boolean, nodes: readonly ClusterMember[]): string {
  if (!isLive || nodes.length === 0) return 'Waiting for the node …';
  return isTraced
    ? 'Put a key at a node, and watch its write travel.'
    : 'These nodes record no events. Start them with TRACE=1 to see their messages here.';
}

type NodeHeadProps = { lane: string; lanes: readonly string[]; nodes: readonly ClusterMember[] };

/** The state of one node, above its lane. */
function NodeHead({ lane, lanes, nodes }: NodeHeadProps) {
  const { view, problem } = nodes.find(({ name }) => name === lane) ?? {};
  return (
    <div class="node-head">
      <b class="lane-name">{lane}</b>
      {view !== undefined && problem === undefined && (
        <>
          <span class="clock" title="Its vector clock">
            {formatClock(view.clock, lanes)}
          </span>
          {view.status !== 'ok' && <span class="badge wait">{view.status}</span>}
          {view.buffer_size > 0 && <span class="badge wait">{view.buffer_size} waiting</span>}
        </>
      )}
      {problem !== undefined && <span class="badge fault">{problem}</span>}
    </div>
  );
}

/** Formats a time of day with tenths of a second. */
function formatClockTime(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(date.getMinutes())}:${two(date.getSeconds())}.${Math.floor(date.getMilliseconds() / 100)}`;
}
