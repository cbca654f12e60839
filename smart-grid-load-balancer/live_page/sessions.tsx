/** @jsxRuntime automatic @jsxImportSource preact */
import type { LiveSession } from '@gridclock/grid-protocol/live';
import { kilowatts } from './model.ts';

/** 30: more rows than fit beside the decisions. */
const SHOWN = 30;

type SessionsProps = { sessions: readonly LiveSession[]; omitted: number; unknown: readonly string[] };

/** The running sessions with the time that they have left, the next to end first. */
export function Sessions({ omitted, sessions, unknown }: SessionsProps) {
  const sorted = [...sessions].sort((a, b) => a.remaining_time - b.remaining_time);
  const longest = Math.max(10, ...sorted.map(({ remaining_time }) => remaining_time));
  const more = omitted + Math.max(0, sorted.length - SHOWN);
  return (
    <section class="panel" aria-labelledby="sessions-title">
      <h2 id="sessions-title">
        Sessions <span class="badge">{sorted.length + omitted}</span>
      </h2>
      {unknown.length > 0 && (
        <p class="soft small above-list">
          Not shown by {unknown.join(', ')}: no answer, or an admin token is missing.
        </p>
      )}
      {sorted.length === 0 && unknown.length === 0 && <p class="soft small">No vehicle is charging.</p>}
      <ol
        class="sessions"
        aria-label="Sessions, the next to end first"
        // It scrolls: with the keyboard too.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region needs keyboard access (axe)
        tabIndex={0}
      >
        {sorted.slice(0, SHOWN).map(({ charge_amount, priority, remaining_time, substation_id }, index) => (
          <li key={index}>
            <span class="session-where">{substation_id}</span>
            <span>{kilowatts(charge_amount)}</span>
            <span class="soft">{priority}</span>
            <span class="left">{Math.max(0, Math.round(remaining_time))} s</span>
            <span class="time" aria-hidden="true">
              <span style={{ width: `${Math.min(100, (remaining_time / longest) * 100)}%` }} />
            </span>
          </li>
        ))}
      </ol>
      {more > 0 && <p class="soft small">and {more} more</p>}
    </section>
  );
}
