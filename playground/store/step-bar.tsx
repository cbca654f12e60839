/** @jsxRuntime automatic @jsxImportSource preact */
import { StepButton } from '../step-button.tsx';
import type { Scenario } from './action.ts';
import { describeAction } from './describe-action.ts';
import type { PlayedLink } from './play.ts';

type StepBarProps = {
  scenario: Scenario;
  links: readonly PlayedLink[];
  onChange: (scenario: Scenario) => void;
  onClear: () => void;
};

/** Steps through the scenario, and switches the naive rule on. */
export function StepBar({ scenario, links, onChange, onClear }: StepBarProps) {
  const { actions, played, naive } = scenario;
  const total = actions.length;
  const next = actions[played];
  const goTo = (step: number) => onChange({ ...scenario, played: step });
  return (
    <section class="bar card" aria-label="Scenario">
      <div class="buttons">
        <StepButton isPossible={played > 0} onStep={() => goTo(0)}>
          « First
        </StepButton>
        <StepButton isPossible={played > 0} onStep={() => goTo(played - 1)}>
          ‹ Back
        </StepButton>
        <StepButton
          class={next === undefined ? '' : 'primary'}
          isPossible={next !== undefined}
          onStep={() => goTo(played + 1)}
        >
          Next ›
        </StepButton>
        <StepButton isPossible={next !== undefined} onStep={() => goTo(total)}>
          Last »
        </StepButton>
      </div>
      <p class="small step-text" role="status">
        <b>
          Step {played} of {total}
        </b>
        {next !== undefined && <span class="soft"> · next: {describeAction(next, links)}</span>}
      </p>
      <label class="check">
        <input type="checkbox" checked={naive} onChange={() => onChange({ ...scenario, naive: !naive })} />
        Naive rule beside it
      </label>
      <StepButton isPossible={total > 0 || scenario.lesson !== undefined} onStep={onClear}>
        Clear
      </StepButton>
    </section>
  );
}
