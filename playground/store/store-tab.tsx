/** @jsxRuntime automatic @jsxImportSource preact */
import { useMemo, useState } from 'preact/hooks';
import { Legend } from '../../vector-clock-kv-store/src/space-time/legend.tsx';
import { BadLink } from '../bad-link.tsx';
import { LessonBar } from '../lesson-bar.tsx';
import { type Action, emptyScenario, MAX_ACTIONS, type Scenario } from './action.ts';
import { lessons } from './lessons.ts';
import { LinkTable } from './link-table.tsx';
import { MessageList } from './message-list.tsx';
import { type OpenScenario, openScenario } from './open-scenario.ts';
import { PatternView } from './pattern-view.tsx';
import { RuleView } from './rule-view.tsx';
import { encodeScenario } from './scenario-link.ts';
import { StepBar } from './step-bar.tsx';
import { StoreView } from './store-view.tsx';
import { WriteForm } from './write-form.tsx';

type StoreTabProps = { fragment: string; onChange: (fragment: string) => void };

/** Three nodes of the causal core, driven by clicks. The link holds the whole scenario. */
export function StoreTab({ fragment, onChange }: StoreTabProps) {
  const opened = useMemo(() => openScenario(fragment), [fragment]);
  if (typeof opened === 'string') return <BadLink problem={opened} onClear={() => onChange('store')} />;
  return <Store {...opened} onChange={(scenario) => onChange(encodeScenario(scenario))} />;
}

type StoreProps = OpenScenario & { onChange: (scenario: Scenario) => void };

function Store({ scenario, causal, naive, onChange }: StoreProps) {
  const [problem, setProblem] = useState<{ scenario: Scenario; text: string }>();
  const { actions, played } = scenario;
  const lanes = causal.nodes.map(({ name }) => name);
  const isFull = played >= MAX_ACTIONS;
  const act = (action: Action) => {
    // A step in the middle begins another ending.
    const next = { ...scenario, played: played + 1, actions: [...actions.slice(0, played), action] };
    const result = openScenario(encodeScenario(next));
    if (typeof result === 'string') setProblem({ scenario, text: result });
    else onChange(next);
  };
  return (
    <>
      <LessonBar lessons={lessons} chosen={scenario.lesson} />
      <StepBar
        scenario={scenario}
        links={causal.links}
        onChange={onChange}
        onClear={() => onChange({ ...emptyScenario, naive: scenario.naive })}
      />
      {isFull && <p class="notice">A scenario has at most {MAX_ACTIONS} steps. Go back, or clear it.</p>}
      {problem?.scenario === scenario && (
        <p class="notice" role="alert">
          {problem.text}
        </p>
      )}
      <div class="columns store">
        <aside class="controls" aria-label="Writes, messages and links">
          <fieldset class="plain" disabled={isFull}>
            <legend class="hidden-text">Actions</legend>
            <WriteForm onAct={act} />
            <MessageList links={causal.links} lanes={lanes} onAct={act} />
            <LinkTable links={causal.links} onAct={act} />
          </fieldset>
        </aside>
        <div class={`diagrams ${naive === undefined ? '' : 'two'}`}>
          <RuleView title="Causal delivery" rule="causal" played={causal} />
          {naive !== undefined && <RuleView title="Naive delivery, on arrival" rule="naive" played={naive} />}
        </div>
        <div class="findings">
          {naive !== undefined && <PatternView verdict={naive.verdict} />}
          <StoreView causal={causal} naive={naive} />
        </div>
      </div>
      <Legend lanes={lanes} />
    </>
  );
}
