/** @jsxRuntime automatic @jsxImportSource preact */
import { formatDuration } from '../../space-time/format-clock.ts';
import { layOut } from '../../space-time/layout.ts';
import { Legend } from '../../space-time/legend.tsx';
import { SpaceTime } from '../../space-time/space-time.tsx';
import { explainFault, nameFault } from './explain-fault.ts';
import { type DetailedFault, type LoggedFault, type Moment, recoveryMs } from './fault-log.ts';
import { formatAt } from './format-at.ts';
import { OperationCharts } from './operation-charts.tsx';

type FaultViewProps = {
  fault: DetailedFault;
  /** The zooms before and after this one, in the order of time. */
  previous: LoggedFault | undefined;
  next: LoggedFault | undefined;
  /** All faults of the run. */
  all: readonly LoggedFault[];
  endMs: number;
  /** When the run began, in milliseconds since 1970. */
  startedAt: number;
  /** The names of all nodes. */
  nodes: readonly string[];
};

/** One fault: what it was, what clients saw of it, and what the nodes did around it. */
export function FaultView({ fault: one, previous, next, all, endMs, startedAt, nodes }: FaultViewProps) {
  const { number, fault, beganMs, endedMs = endMs, recoveredMs = endMs, details } = one;
  const [first, last] = [details.slots[0], details.slots.at(-1)];
  const window = {
    startMs: first?.atMs ?? beganMs,
    endMs: last === undefined ? recoveredMs : last.atMs + last.lengthMs,
  };
  return (
    <section class="card fault-view" id={`fault-${number}`} aria-labelledby={`fault-name-${number}`}>
      <nav aria-label="Faults">
        {previous !== undefined && (
          <a class="button" href={`#fault-${previous.number}`}>
            ← {nameFault(previous.fault)}
          </a>
        )}
        {next !== undefined && (
          <a class="button" href={`#fault-${next.number}`}>
            {nameFault(next.fault)} →
          </a>
        )}
        <a class="button" href="#run">
          Close
        </a>
      </nav>
      <h2 id={`fault-name-${number}`}>
        {formatAt(beganMs)}: {nameFault(fault)}
      </h2>
      <p>{explainFault(fault)}</p>
      <p class="facts">
        <span>
          lasted <b>{formatDuration(endedMs - beganMs)}</b>
        </span>
        <span>
          recovered <b>{formatRecovery(one)}</b>
        </span>
        {overlapping(one, all, endMs).length > 0 && (
          <span>
            meanwhile <b>{overlapping(one, all, endMs).join('; ')}</b>
          </span>
        )}
      </p>
      <p class="keys">
        <span class="key fault" /> the fault <span class="key wait" /> until the nodes had recovered
      </p>
      <OperationCharts
        of={`around ${nameFault(fault)}`}
        slots={details.slots}
        {...window}
        height={7}
        shades={[
          { fromMs: beganMs, toMs: endedMs, role: 'fault' },
          { fromMs: endedMs, toMs: recoveredMs, role: 'wait' },
        ]}
      />
      {details.moments.map((moment) => (
        <MomentView moment={moment} startedAt={startedAt} nodes={nodes} key={moment.name} />
      ))}
      <Legend lanes={nodes} />
    </section>
  );
}

/** Formats how long the nodes took after the end of a fault. */
export function formatRecovery(fault: LoggedFault): string {
  const ms = recoveryMs(fault);
  return Number.isFinite(ms) ? `after ${formatDuration(ms)}` : 'not before the end of the run';
}

const titles = { began: 'When it began', ended: 'When it ended', recovered: 'When the nodes had recovered' };

type MomentViewProps = { moment: Moment; startedAt: number; nodes: readonly string[] };

function MomentView({ moment: { name, atMs, events }, startedAt, nodes }: MomentViewProps) {
  const layout = layOut({ events, gaps: [] }, { isSliced: true, lanes: nodes });
  return (
    <>
      <h3>{titles[name]}</h3>
      {layout.marks.length === 0 ? (
        <p class="soft">No event was recorded within two seconds.</p>
      ) : (
        <>
          <p class="soft small">
            At {formatAt(atMs)}. The events nearest to it: {events.length}.
          </p>
          <SpaceTime
            layout={layout}
            label={titles[name]}
            formatTime={(at) => `${((at - startedAt) / 1_000).toFixed(2)} s`}
          />
        </>
      )}
    </>
  );
}

/** The most other faults that are named. */
const NAMED = 6;

function overlapping(one: LoggedFault, all: readonly LoggedFault[], runEndMs: number): string[] {
  const endOf = ({ recoveredMs = runEndMs }: LoggedFault) => recoveredMs;
  const names = all
    .filter((other) => other.number !== one.number)
    .filter((other) => other.beganMs < endOf(one) && (other.endedMs ?? runEndMs) > one.beganMs)
    .map(({ fault }) => nameFault(fault));
  return names.length > NAMED ? [...names.slice(0, NAMED), `${names.length - NAMED} more`] : names;
}
