/** @jsxRuntime automatic @jsxImportSource preact */
import type { LiveSession, LiveSubstation } from '@gridclock/grid-protocol/live';
import { ProcessBadge, ServiceButtons, type SuiteControls } from '@gridclock/ui-kit/live';
import { kilowatts } from './model.ts';

type SubstationsProps = {
  substations: readonly LiveSubstation[];
  sessions: readonly LiveSession[];
  omitted: number;
  controls: SuiteControls;
};

/** Substations as bars against their capacity: what they say, and below it what the balancer believes. */
export function Substations({ controls, omitted, sessions, substations }: SubstationsProps) {
  const largest = Math.max(1, ...substations.map(({ capacity }) => capacity ?? 0));
  return (
    <section class="panel" aria-labelledby="substations-title">
      <div class="panel-head">
        <h2 id="substations-title">Substations</h2>
        <ul class="legend" aria-hidden="true">
          <li class="actual">actual</li>
          <li class="believed">believed by the balancer</li>
        </ul>
      </div>
      {substations.length === 0 && <p class="soft small">Waiting for the balancer.</p>}
      <ul class="substations">
        {substations.map((substation) => (
          <Substation
            key={substation.id}
            substation={substation}
            largest={largest}
            sessions={sessions.filter(({ substation_id }) => substation_id === substation.id).length}
            controls={controls}
          />
        ))}
      </ul>
      {omitted > 0 && (
        <p class="soft small">
          and {omitted} more, which this page leaves out: sessions, load and bound are those of the
          substations shown.
        </p>
      )}
      {controls.problem !== undefined && (
        <p class="notice" role="alert">
          {controls.problem}
        </p>
      )}
    </section>
  );
}

type SubstationProps = {
  substation: LiveSubstation;
  largest: number;
  sessions: number;
  controls: SuiteControls;
};

function Substation({ controls, largest, sessions, substation }: SubstationProps) {
  const { capacity, health, id, load, true_load, view_age_ms } = substation;
  const share = (power: number) => `${Math.min(100, (power / largest) * 100)}%`;
  const isUsable = health === 'up';
  return (
    <li class="substation">
      <div class="substation-head">
        <h3>{id}</h3>
        <ProcessBadge state={controls.states.get(id)} />
        {!isUsable && (
          <span class={`badge ${health === 'ejected' ? 'fault' : 'wait'}`}>
            {health === 'ejected' ? 'out of rotation' : health}
          </span>
        )}
        <span class="soft small">
          {sessions === 1 ? '1 session' : `${sessions} sessions`}
          {view_age_ms !== null && ` · seen ${(view_age_ms / 1_000).toFixed(1)} s ago`}
        </span>
        <span class="figures">
          <strong>{true_load === null ? 'no answer' : kilowatts(true_load)}</strong>
          <span class="soft"> of {capacity === null ? 'unknown' : kilowatts(capacity)}</span>
        </span>
      </div>
      <div class="track" style={{ width: share(capacity ?? largest) }}>
        <div
          class="fill actual"
          style={{ width: `${percent(true_load ?? 0, capacity)}%` }}
          aria-hidden="true"
        />
      </div>
      <div class="track thin" style={{ width: share(capacity ?? largest) }}>
        <div class="fill believed" style={{ width: `${percent(load, capacity)}%` }} aria-hidden="true" />
      </div>
      <p class="believes small">
        believed {kilowatts(load)}
        {true_load !== null && difference(load - true_load)}
        <ServiceButtons name={id} controls={controls} />
      </p>
    </li>
  );
}

function percent(power: number, capacity: number | null): number {
  return capacity === null || capacity <= 0 ? 0 : Math.min(100, (power / capacity) * 100);
}

function difference(off: number): string {
  if (Math.abs(off) < 0.05) return ', as it is';
  return off > 0 ? `, ${kilowatts(off)} too much` : `, ${kilowatts(-off)} too little`;
}
