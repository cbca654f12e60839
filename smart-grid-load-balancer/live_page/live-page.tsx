/** @jsxRuntime automatic @jsxImportSource preact */
import { type ConnectionState, follow, useSuiteControl } from '@gridclock/ui-kit/live';
import { useEffect, useReducer, useState } from 'preact/hooks';
import { ChargeForm } from './charge-form.tsx';
import { Decisions } from './decisions.tsx';
import { LoadChart } from './load-chart.tsx';
import { afterServerEvent, emptyModel } from './model.ts';
import { Outcomes } from './outcomes.tsx';
import { PolicyForm } from './policy-form.tsx';
import { RushForm } from './rush-form.tsx';
import { Sessions } from './sessions.tsx';
import { Substations } from './substations.tsx';

const words: Record<ConnectionState, string> = {
  connecting: 'connecting',
  live: 'live',
  lost: 'connection lost, trying again',
  unauthorized: 'needs a token',
  refused: 'refused',
};

/** The live page of the grid: substations, decisions and sessions, as they change. */
export function LivePage() {
  const [{ decisions, grid, history, problem, share }, dispatch] = useReducer(afterServerEvent, emptyModel);
  const [state, setState] = useState<ConnectionState>('connecting');
  const controls = useSuiteControl();
  useEffect(() => {
    const aborted = new AbortController();
    void follow(setState, dispatch, aborted.signal);
    return () => aborted.abort();
  }, []);
  const isLive = state === 'live' && problem === undefined && grid !== undefined;
  return (
    <div class="page">
      <header class="page-header">
        <h1>Charging grid</h1>
        <span class={`badge ${isLive ? 'accept' : 'wait'}`} role="status">
          {words[state]}
        </span>
        <Outcomes outcomes={grid?.outcomes ?? {}} />
      </header>
      {problem !== undefined && (
        <p class="notice" role="alert">
          The load balancer gives no figures: {problem}.
        </p>
      )}
      <main>
        <div class="column">
          <Substations
            substations={grid?.substations ?? []}
            sessions={grid?.sessions ?? []}
            omitted={grid?.omitted_substations ?? 0}
            controls={controls}
          />
          <LoadChart history={history} share={share} />
          <Decisions decisions={decisions} />
        </div>
        <aside aria-label="Controls">
          <ChargeForm />
          <RushForm />
          <PolicyForm policy={grid?.policy} policies={grid?.policies ?? []} />
          <Sessions
            sessions={grid?.sessions ?? []}
            omitted={grid?.omitted_sessions ?? 0}
            unknown={grid?.sessions_unknown ?? []}
          />
        </aside>
      </main>
    </div>
  );
}
