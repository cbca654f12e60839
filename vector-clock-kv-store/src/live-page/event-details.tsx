/** @jsxRuntime automatic @jsxImportSource preact */
import { counterOf } from '../causality/vector-clock.ts';
import { describeEvent } from '../space-time/describe-event.ts';
import { laneOf } from '../space-time/lanes.ts';
import { relationTo } from '../space-time/relations.ts';
import type { TracedEvent } from '../trace/event.ts';

type EventDetailsProps = {
  event: TracedEvent;
  events: readonly TracedEvent[];
  lanes: readonly string[];
  onClose: () => void;
};

/** What is known of the selected event: its clocks, and how many events were before it or concurrent to it. */
export function EventDetails({ event, events, lanes, onClose }: EventDetailsProps) {
  const relations = events.map((other) => relationTo(event, other));
  const count = (wanted: string) => relations.filter((relation) => relation === wanted).length;
  const write = 'write' in event ? event.write : undefined;
  return (
    <section class="panel details" aria-labelledby="details-title" aria-live="polite">
      <div class="head">
        <h2 id="details-title">
          {laneOf(event.host)}: {describeEvent(event)}
        </h2>
        <button type="button" class="button small" onClick={onClose}>
          Close
        </button>
      </div>
      {event.kind === 'buffer' && (
        <p class="notice wait">
          The delivery rule fails: it needs write {event.missing.counter} of {event.missing.node}
          {event.has === undefined
            ? '.'
            : `, and has ${event.has === 0 ? 'none' : `only ${event.has}`} of it.`}
        </p>
      )}
      <table>
        <thead>
          <tr>
            <th scope="col">counts of</th>
            {lanes.map((lane) => (
              <th scope="col" key={lane}>
                {lane}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {write?.vc !== undefined && (
            <tr>
              <th scope="row">writes: its vector clock</th>
              {lanes.map((lane) => (
                <td key={lane}>{sumOf(write.vc ?? {}, lane)}</td>
              ))}
            </tr>
          )}
          <tr>
            <th scope="row">events: its event clock</th>
            {lanes.map((lane) => (
              <td key={lane}>{sumOf(event.clock, lane)}</td>
            ))}
          </tr>
        </tbody>
      </table>
      <p class="small relations">
        <b class="cause">{count('cause')}</b> before it, <b>{count('effect')}</b> after it,{' '}
        <b>{count('concurrent')}</b> concurrent
      </p>
    </section>
  );
}

/** Adds up the entries of all processes of a node. */
function sumOf(clock: Readonly<Record<string, number>>, lane: string): number {
  return Object.keys(clock)
    .filter((id) => laneOf(id) === lane)
    .reduce((sum, id) => sum + counterOf(clock, id), 0);
}
