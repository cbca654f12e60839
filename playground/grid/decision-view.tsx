/** @jsxRuntime automatic @jsxImportSource preact */
import { StepButton } from '../step-button.tsx';
import type { Decision } from './decision-recorder.ts';
import { DecisionStrip } from './decision-strip.tsx';
import { explainDecision } from './explain-decision.ts';
import type { GridScenario } from './grid-scenario.ts';
import { type Outcome, substationsWithRoom } from './outcomes.ts';
import { type GridRun, trueLoads } from './run-grid.ts';
import { SubstationBar } from './substation-bar.tsx';

type DecisionViewProps = {
  run: GridRun;
  outcomes: readonly Outcome[];
  index: number;
  scenario: GridScenario;
  /** Shows another decision, by its number from 1. */
  onStep: (decision: number) => void;
};

/** One decision: the request, what the balancer believed beside what was true, and whom it asked. */
export function DecisionView({ run, outcomes, index, scenario, onStep }: DecisionViewProps) {
  const decision = run.decisions[index];
  if (decision === undefined) return null;
  const total = run.decisions.length;
  const loads = trueLoads(run, index);
  const nextMistake = outcomes.indexOf('missed', index + 1);
  const { request } = decision;
  return (
    <section class="panel decision" aria-labelledby="decision-title">
      <div>
        <DecisionStrip decisions={run.decisions} outcomes={outcomes} index={index} />
        <input
          type="range"
          class="decision-slider"
          aria-label="Decision"
          min={1}
          max={total}
          value={index + 1}
          onInput={(event) => onStep(Number(event.currentTarget.value))}
        />
        <StripKey />
      </div>
      <div class="buttons">
        <StepButton isPossible={index > 0} onStep={() => onStep(index)}>
          ‹ Back
        </StepButton>
        <StepButton class="primary" isPossible={index + 1 < total} onStep={() => onStep(index + 2)}>
          Next ›
        </StepButton>
        <StepButton isPossible={nextMistake !== -1} onStep={() => onStep(nextMistake + 1)}>
          Next mistake ›
        </StepButton>
      </div>
      <div class="head">
        <h2 id="decision-title">
          Decision {index + 1} of {total}: {request.vehicle_id} wants {request.charge_amount} kW
        </h2>
        <OutcomeBadge decision={decision} />
      </div>
      <p class="soft small">
        {(request.arrivesAt / 1_000).toFixed(2)} s · priority {request.priority} · would charge for{' '}
        {(request.durationMs / 1_000).toFixed(1)} s
      </p>
      <p class="why" role="status">
        {explainDecision(decision, scenario.policy, substationsWithRoom(run, index, scenario.capacitiesKw))}
      </p>
      <div class="substations">
        {run.ids.map((id, number) => (
          <SubstationBar
            key={id}
            id={id}
            capacityKw={scenario.capacitiesKw[number] ?? 0}
            trueKw={loads.get(id) ?? 0}
            belief={decision.beliefs.find((belief) => belief.id === id)}
            requestKw={request.charge_amount}
            order={decision.asked.findIndex((one) => one.id === id) + 1}
            accepted={decision.asked.find((one) => one.id === id)?.accepted}
          />
        ))}
      </div>
      <ul class="key small soft">
        <li>
          <span class="swatch true" /> true load
        </li>
        <li>
          <span class="swatch taken" /> this request, accepted
        </li>
        <li>
          <span class="swatch refused" /> this request, refused
        </li>
        <li>
          <span class="swatch belief" /> what the balancer believes
        </li>
      </ul>
    </section>
  );
}

function StripKey() {
  return (
    <ul class="key strip-key small soft">
      <li>
        <span class="swatch strip-accepted" /> accepted
      </li>
      <li>
        <span class="swatch strip-missed" /> mistake: rejected, though one had room
      </li>
      <li>
        <span class="swatch strip-full" /> rejected: no room anywhere
      </li>
    </ul>
  );
}

function OutcomeBadge({ decision: { asked } }: { decision: Decision }) {
  return asked.some(({ accepted }) => accepted) ? (
    <span class="badge accept">✓ accepted</span>
  ) : (
    <span class="badge reject">✗ rejected</span>
  );
}
