import { formatDuration } from '../../../vector-clock-kv-store/src/space-time/format-clock.ts';
import { type Layout, layOut } from '../../../vector-clock-kv-store/src/space-time/layout.ts';
import type { Recording } from '../../../vector-clock-kv-store/src/space-time/recording.ts';
import type { TracedEvent, WriteSummary } from '../../../vector-clock-kv-store/src/trace/event.ts';

/** A space-time diagram as numbers and texts: lanes by index, heights in pixels of the live page. */
export type SpaceTimeFigure = {
  height: number;
  lanes: string[];
  processes: { lane: number; from: number; to: number }[];
  marks: {
    lane: number;
    y: number;
    kind: TracedEvent['kind'];
    verb?: string;
    object?: string;
    clock?: string;
    condition?: string;
    waited?: string;
    times?: number;
  }[];
  messages: { from: { lane: number; y: number }; to: { lane: number; y: number }; effect: string }[];
  waits: { lane: number; from: number; to: number }[];
  faults: { lane: number; column: number; from: number; to: number }[];
  ticks: { y: number; text: string }[];
  pauses: { y: number; height: number; text: string }[];
};

/** Lays a recording out with the code of the live page and the HTML reports. @param keyPrefix omitted in labels */
export function spaceTimeFigure(recording: Recording, keyPrefix: string): SpaceTimeFigure {
  const layout = layOut({
    ...recording,
    events: recording.events.map((event) => withoutPrefix(event, keyPrefix)),
  });
  const startedAt = layout.marks[0]?.event.at ?? 0;
  const { height, lanes, marks, pauses, processes, ticks } = layout;
  const waited = new Map(
    layout.waits.flatMap(({ from, to }) => (to === undefined ? [] : [[to, to.at - from.at]])),
  );
  return {
    height,
    lanes,
    processes: processes.map(({ lane, from, to }) => ({ lane, from, to })),
    marks: marks.map(({ event, lane, y, count, label }) => {
      const ms = waited.get(event);
      return {
        lane,
        y,
        kind: event.kind,
        ...label,
        ...(ms === undefined ? {} : { waited: formatDuration(ms) }),
        ...(count > 1 ? { times: count } : {}),
      };
    }),
    messages: messagesOf(layout),
    waits: layout.waits.flatMap(({ from, to }) => spanOf(layout, from, to) ?? []),
    faults: faultsOf(layout),
    ticks: ticks.map(({ y, at }) => ({ y, text: formatDuration(at - startedAt) })),
    pauses: pauses.map(({ y, height: thickness, ms }) => ({
      y,
      height: thickness,
      text: `+${formatDuration(ms)}`,
    })),
  };
}

function messagesOf({ markOf, messages }: Layout): SpaceTimeFigure['messages'] {
  return messages.flatMap(({ send, receipt, effect }) => {
    const [tail, head] = [markOf(send), markOf(receipt)];
    if (tail === undefined || head === undefined) return [];
    return [{ from: { lane: tail.lane, y: tail.y }, to: { lane: head.lane, y: head.y }, effect }];
  });
}

/** Faults of one node's links to different peers stand side by side. */
function faultsOf(layout: Layout): SpaceTimeFigure['faults'] {
  const columns = new Map<string, number>();
  return layout.faults.flatMap(({ from, host, peer, to }) => {
    const link = `${host} ${peer}`;
    const column =
      columns.get(link) ?? [...columns.keys()].filter((other) => other.startsWith(`${host} `)).length;
    columns.set(link, column);
    const span = spanOf(layout, from, to);
    return span === undefined ? [] : [{ ...span, column }];
  });
}

function spanOf({ height, markOf }: Layout, from: TracedEvent, to: TracedEvent | undefined) {
  const top = markOf(from);
  if (top === undefined) return undefined;
  return { lane: top.lane, from: top.y, to: (to && markOf(to)?.y) ?? height };
}

function withoutPrefix(event: TracedEvent, prefix: string): TracedEvent {
  const trim = <Summary extends WriteSummary>(write: Summary): Summary =>
    write.key.startsWith(prefix) ? { ...write, key: write.key.slice(prefix.length) } : write;
  if ('write' in event) return { ...event, write: trim(event.write) };
  return 'writes' in event ? { ...event, writes: event.writes.map(trim) } : event;
}
