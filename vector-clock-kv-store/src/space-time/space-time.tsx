/** @jsxRuntime automatic @jsxImportSource preact */
import type { ComponentChildren } from 'preact';
import type { TracedEvent } from '../trace/event.ts';
import { faultColumns } from './fault-columns.ts';
import { formatDuration } from './format-clock.ts';
import type { Layout } from './layout.ts';
import { MarkView } from './mark-view.tsx';
import { rem } from './positions.ts';
import type { Relation } from './relations.ts';
import { Wires } from './wires.tsx';

export type SpaceTimeProps = {
  layout: Layout;
  /** The accessible name of the diagram. */
  label: string;
  formatTime: (at: number) => string;
  /** Formats how long something took; in ms by default. */
  formatSpan?: (ms: number) => string;
  /** What stands above a lane; its name by default. */
  head?: (lane: string) => ComponentChildren;
  /** Set while an event is selected. */
  relationOf?: ((event: TracedEvent) => Relation) | undefined;
  /** Called when a mark is clicked; without it, marks are no buttons. */
  onSelect?: (event: TracedEvent) => void;
  /** Drawn in the same coordinates, such as messages that wait. For a layout of one slice. */
  children?: ComponentChildren;
};

/**
 * Draws events of several nodes in space and time: a lane for each node, time downwards, an arrow for each message.
 *
 * Lanes share the width that there is, a phone's or a sheet's; heights are in units of the text size.
 */
export function SpaceTime({
  layout,
  label,
  formatTime,
  formatSpan = formatDuration,
  head,
  relationOf,
  onSelect,
  children,
}: SpaceTimeProps) {
  const { lanes, marks, pauses, slices, ticks, waits } = layout;
  const waited = new Map(
    waits.flatMap(({ from, to }) => (to === undefined ? [] : [[to, formatSpan(to.at - from.at)]])),
  );
  return (
    <div
      class={`space-time${relationOf ? ' has-selection' : ''}`}
      style={{ '--fault-columns': String(faultColumns(layout).besideTimes) }}
    >
      <div class="heads">
        <div class="lane-heads" style={{ '--lanes': String(Math.max(1, lanes.length)) }}>
          {lanes.map((lane) => (
            <div class="lane-head" key={lane}>
              {head?.(lane) ?? <b class="lane-name">{lane}</b>}
            </div>
          ))}
        </div>
      </div>
      <section class="plot" aria-label={label}>
        {slices.map((slice) => {
          const place = (y: number) => rem(y - slice.top);
          const isIn = ({ y }: { y: number }) => y >= slice.top && y < slice.top + slice.height;
          return (
            <div class="slice" key={slice.top}>
              <div class="lanes" style={{ height: rem(slice.height) }}>
                {pauses.filter(isIn).map(({ y, height, ms }) => (
                  <div class="pause" style={{ top: place(y), height: rem(height) }} key={`p${y}`}>
                    <span title="the time axis jumps">+{formatSpan(ms)}</span>
                  </div>
                ))}
                {ticks.filter(isIn).map(({ y, at }) => (
                  <span class="tick" style={{ top: place(y) }} key={`t${y}`}>
                    {formatTime(at)}
                  </span>
                ))}
                <Wires layout={layout} slice={slice} formatSpan={formatSpan} relationOf={relationOf} />
                {marks.filter(isIn).map((mark) => (
                  <MarkView
                    key={`${mark.event.host} ${mark.event.clock[mark.event.host]}`}
                    mark={mark}
                    top={place(mark.y)}
                    lanes={lanes}
                    waited={waited.get(mark.event)}
                    relation={relationOf?.(mark.event)}
                    onSelect={onSelect}
                  />
                ))}
                {children}
              </div>
            </div>
          );
        })}
      </section>
    </div>
  );
}
