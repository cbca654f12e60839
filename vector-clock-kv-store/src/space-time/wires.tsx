/** @jsxRuntime automatic @jsxImportSource preact */
import type { TracedEvent } from '../trace/event.ts';
import { assignment, describeEvent } from './describe-event.ts';
import { faultColumns, linkOf } from './fault-columns.ts';
import type { Layout, Slice } from './layout.ts';
import { percentOf, rem } from './positions.ts';
import type { Relation } from './relations.ts';
import type { BufferWait, FaultSpan, Message } from './spans.ts';

type WiresProps = {
  layout: Layout;
  /** The part to draw; all of it by default. */
  slice?: Slice;
  formatSpan: (ms: number) => string;
  relationOf: ((event: TracedEvent) => Relation) | undefined;
};

/** Draws what lies behind the marks: lanes, waits in the buffer, faults and messages. Labels cover it. */
export function Wires(props: WiresProps) {
  const { layout, slice = { top: 0, height: props.layout.height }, formatSpan } = props;
  const { lanes, markOf, processes } = layout;
  const reaches = (from: number, to: number) => from < slice.top + slice.height && to > slice.top;
  const spans = (from: TracedEvent, to: TracedEvent | undefined) =>
    reaches(markOf(from)?.y ?? layout.height, (to && markOf(to)?.y) ?? layout.height);
  return (
    <svg class="wires" aria-hidden="true">
      <title>Lanes and messages</title>
      <g style={slice.top === 0 ? {} : { transform: `translateY(${rem(-slice.top)})` }}>
        {lanes.map((lane, index) => (
          <line
            class="lane"
            x1={percentOf(index, lanes)}
            x2={percentOf(index, lanes)}
            y1={rem(slice.top)}
            y2={rem(slice.top + slice.height)}
            key={lane}
          />
        ))}
        {processes
          .filter(({ from, to }) => reaches(from, to))
          .map(({ host, lane, from, to }) => (
            <line
              class="process"
              x1={percentOf(lane, lanes)}
              x2={percentOf(lane, lanes)}
              y1={rem(from)}
              y2={rem(to)}
              key={host}
            />
          ))}
        {drawFaults(layout, spans, formatSpan)}
        {layout.waits
          .filter(({ from, to }) => spans(from, to))
          .map((wait) => drawWait(wait, layout, formatSpan))}
        {layout.messages
          .filter(({ send, receipt }) => spans(send, receipt))
          .map((message) => drawMessage(message, props))}
      </g>
    </svg>
  );
}

/** Draws fault spans left of their lane, in a separate column for each peer. */
function drawFaults(
  layout: Layout,
  isDrawn: (from: TracedEvent, to: TracedEvent | undefined) => boolean,
  formatSpan: WiresProps['formatSpan'],
) {
  const { columnOf } = faultColumns(layout);
  return layout.faults.map((span) =>
    isDrawn(span.from, span.to) ? drawFault(span, columnOf.get(linkOf(span)) ?? 0, layout, formatSpan) : null,
  );
}

function drawFault(
  { from, to, peer, actions }: FaultSpan,
  column: number,
  layout: Layout,
  formatSpan: WiresProps['formatSpan'],
) {
  const top = layout.markOf(from);
  if (top === undefined) return null;
  const bottom = (to && layout.markOf(to)?.y) ?? layout.height;
  const lasted = to === undefined ? '' : `, ${formatSpan(to.at - from.at)}`;
  return (
    <rect
      class="fault-span"
      x={percentOf(top.lane, layout.lanes)}
      y={rem(top.y)}
      width="6"
      height={rem(bottom - top.y)}
      rx="3"
      transform={`translate(${-15 - column * 8} 0)`}
    >
      <title>{`${actions.join(', ')} on the link to ${peer}${lasted}`}</title>
    </rect>
  );
}

function drawWait(
  { from, to, write }: BufferWait,
  { height, lanes, markOf }: Layout,
  formatSpan: WiresProps['formatSpan'],
) {
  const top = markOf(from);
  if (top === undefined) return null;
  const bottom = (to && markOf(to)?.y) ?? height;
  const state =
    to === undefined ? 'is still in the buffer' : `waited ${formatSpan(to.at - from.at)} in the buffer`;
  return (
    <rect
      class="wait"
      x={percentOf(top.lane, lanes)}
      y={rem(top.y)}
      width="12"
      height={rem(bottom - top.y)}
      rx="6"
      transform="translate(-6 0)"
    >
      <title>{`${assignment(write)} ${state}`}</title>
    </rect>
  );
}

function drawMessage(
  { send, receipt, effect }: Message,
  { layout: { lanes, markOf }, formatSpan, relationOf }: WiresProps,
) {
  const tail = markOf(send);
  const head = markOf(receipt);
  if (tail === undefined || head === undefined) return null;
  const [one, other] = [relationOf?.(send), relationOf?.(receipt)];
  const isCausal = one === 'cause' && (other === 'cause' || other === 'selected');
  const isConsequence = (one === 'effect' || one === 'selected') && other === 'effect';
  const relation =
    relationOf === undefined ? '' : isCausal ? ' cause' : isConsequence ? ' effect' : ' concurrent';
  return (
    <line
      class={`message ${effect}${relation}`}
      x1={percentOf(tail.lane, lanes)}
      y1={rem(tail.y)}
      x2={percentOf(head.lane, lanes)}
      y2={rem(head.y)}
      marker-end={`url(#to-${effect})`}
    >
      <title>{`${describeEvent(send)}: ${effect} after ${formatSpan(receipt.at - send.at)}`}</title>
    </line>
  );
}
