/** @jsxRuntime automatic @jsxImportSource preact */
import { useMemo, useState } from 'preact/hooks';
import { Legend } from '../../vector-clock-kv-store/src/space-time/legend.tsx';
import { BadLink } from '../bad-link.tsx';
import { type Action, emptyScenario, MAX_ACTIONS, type Scenario, ScenarioError } from './action.ts';
import { Examples } from './examples.tsx';
import { LinkTable } from './link-table.tsx';
import { MessageList } from './message-list.tsx';
import { type Played, play } from './play.ts';
import { RuleView } from './rule-view.tsx';
import { decodeScenario, encodeScenario } from './scenario-link.ts';
import { StoreView } from './store-view.tsx';
import { WriteForm } from './write-form.tsx';

type StoreTabProps = { fragment: string; onChange: (fragment: string) => void };

type Opened = { scenario: Scenario; causal: Played; naive: Played | undefined };

/** Three nodes of the causal core, driven by clicks. */
export function StoreTab({ fragment, onChange }: StoreTabProps) {
  const opened = useMemo(() => openLink(fragment), [fragment]);
  // The later part of a scenario, while the reader steps through it. Another link has its own steps.
  const [stepped, setStepped] = useState<{ fragment: string; later: readonly Action[] }>();
  const [problem, setProblem] = useState<string>();
  const undone = stepped?.fragment === fragment ? stepped.later : [];
  if (typeof opened === 'string') return <BadLink problem={opened} onClear={() => onChange('store')} />;
  const { scenario, causal, naive } = opened;
  const { actions } = scenario;
  const show = (next: Scenario, later: readonly Action[] = []) => {
    const link = encodeScenario(next);
    setProblem(undefined);
    setStepped({ fragment: link, later });
    onChange(link);
  };
  const act = (action: Action) => {
    const next = { ...scenario, actions: [...actions, action] };
    const played = openLink(encodeScenario(next));
    if (typeof played === 'string') setProblem(played);
    else show(next);
  };
  const lanes = causal.nodes.map(({ name }) => name);
  const isFull = actions.length >= MAX_ACTIONS;
  const goTo = (step: number) => {
    const all = [...actions, ...undone];
    show({ ...scenario, actions: all.slice(0, step) }, all.slice(step));
  };
  return (
    <>
      <section class="bar card" aria-label="Scenario">
        <Examples onChoose={onChange} />
        <div class="buttons">
          <button type="button" class="button" disabled={actions.length === 0} onClick={() => goTo(0)}>
            « First
          </button>
          <button
            type="button"
            class="button"
            disabled={actions.length === 0}
            onClick={() => goTo(actions.length - 1)}
          >
            ‹ Back
          </button>
          <button
            type="button"
            class="button"
            disabled={undone.length === 0}
            onClick={() => goTo(actions.length + 1)}
          >
            Next ›
          </button>
          <span class="soft small" role="status">
            Step {actions.length} of {actions.length + undone.length}
          </span>
        </div>
        <label class="check">
          <input
            type="checkbox"
            checked={scenario.naive}
            onChange={() => show({ ...scenario, naive: !scenario.naive }, undone)}
          />
          Naive rule beside it
        </label>
        <button
          type="button"
          class="button"
          disabled={actions.length === 0}
          onClick={() => show({ ...emptyScenario, naive: scenario.naive })}
        >
          Clear
        </button>
      </section>
      {isFull && <p class="notice">A scenario has at most {MAX_ACTIONS} steps. Go back, or clear it.</p>}
      {problem !== undefined && (
        <p class="notice" role="alert">
          {problem}
        </p>
      )}
      <div class="columns">
        <div class="left">
          <div class={`diagrams ${naive === undefined ? '' : 'two'}`}>
            <RuleView title="Causal delivery" rule="causal" played={causal} />
            {naive !== undefined && (
              <RuleView title="Naive delivery, on arrival" rule="naive" played={naive} />
            )}
          </div>
          <StoreView causal={causal} naive={naive} />
        </div>
        <aside class="controls" aria-label="Controls">
          <fieldset class="plain" disabled={isFull}>
            <legend class="hidden-text">Actions</legend>
            <WriteForm onAct={act} />
            <MessageList links={causal.links} lanes={lanes} onAct={act} />
            <LinkTable links={causal.links} onAct={act} />
          </fieldset>
        </aside>
      </div>
      <Legend lanes={lanes} />
    </>
  );
}

/** Plays a link's scenario; returns the problem if it cannot be played. */
function openLink(fragment: string): Opened | string {
  try {
    const scenario = decodeScenario(fragment);
    const { actions } = scenario;
    return {
      scenario,
      causal: play(actions, 'causal'),
      naive: scenario.naive ? play(actions, 'naive') : undefined,
    };
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
}
