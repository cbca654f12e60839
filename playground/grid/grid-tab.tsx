/** @jsxRuntime automatic @jsxImportSource preact */
import { useMemo } from 'preact/hooks';
import { BadLink } from '../bad-link.tsx';
import { LessonBar } from '../lesson-bar.tsx';
import { DecisionView } from './decision-view.tsx';
import { encodeGrid } from './grid-link.ts';
import type { GridScenario } from './grid-scenario.ts';
import { GridSettings } from './grid-settings.tsx';
import { lessons } from './lessons.ts';
import { openGrid } from './open-grid.ts';
import { outcomesOf } from './outcomes.ts';
import { PolicyTable } from './policy-table.tsx';
import { ProgressChart } from './progress-chart.tsx';
import { comparePolicies, progressOf, runGrid } from './run-grid.ts';

type GridTabProps = { fragment: string; onChange: (fragment: string) => void };

/** A minute of charge requests, routed by the balancer's own policies. */
export function GridTab({ fragment, onChange }: GridTabProps) {
  const scenario = useMemo(() => openGrid(fragment), [fragment]);
  if (typeof scenario === 'string') return <BadLink problem={scenario} onClear={() => onChange('grid')} />;
  return <Grid scenario={scenario} onChange={(next) => onChange(encodeGrid(next))} />;
}

type GridProps = { scenario: GridScenario; onChange: (scenario: GridScenario) => void };

function Grid({ scenario, onChange }: GridProps) {
  // The run does not depend on which decision is shown.
  const setting = encodeGrid({ ...scenario, decision: 1 });
  const { run, outcomes, progress, comparison } = useMemo(() => {
    const fresh = runGrid(scenario);
    return {
      run: fresh,
      outcomes: outcomesOf(fresh, scenario.capacitiesKw),
      progress: progressOf(fresh, scenario.capacitiesKw),
      comparison: comparePolicies(scenario),
    };
  }, [setting]);
  const index = Math.min(scenario.decision, run.decisions.length) - 1;
  const decision = run.decisions[index];
  return (
    <>
      <LessonBar lessons={lessons} chosen={scenario.lesson} />
      <div class="columns">
        <div class="grid-main">
          {decision === undefined ? (
            <p class="panel">No request arrives in this minute. Choose another seed.</p>
          ) : (
            <DecisionView
              run={run}
              outcomes={outcomes}
              index={index}
              scenario={scenario}
              onStep={(step) => onChange({ ...scenario, decision: step })}
            />
          )}
          <ProgressChart progress={progress} at={decision?.request.arrivesAt ?? 0} />
        </div>
        <aside class="controls" aria-label="Settings">
          <GridSettings scenario={scenario} onChange={onChange} />
          <PolicyTable
            comparison={comparison}
            chosen={scenario.policy}
            onChoose={(policy) => onChange({ ...scenario, policy })}
          />
        </aside>
      </div>
    </>
  );
}
