/** @jsxRuntime automatic @jsxImportSource preact */

import { type ConnectionState, follow } from '@gridclock/ui-kit/live';
import { useEffect, useMemo, useReducer, useState } from 'preact/hooks';
import { sortLanes } from '../space-time/lanes.ts';
import { layOut } from '../space-time/layout.ts';
import { Definitions, Legend } from '../space-time/legend.tsx';
import { ClientForm } from './client-form.tsx';
import { Diagram } from './diagram.tsx';
import { EventDetails } from './event-details.tsx';
import { LinkMap } from './link-map.tsx';
import { afterServerEvent, emptyModel, eventsAfter, keyOf } from './model.ts';
import { NodeControls } from './node-controls.tsx';
import { PageHeader } from './page-header.tsx';
import { StoreTable } from './store-table.tsx';
import { TokenForm } from './token-form.tsx';
import { WaitingList } from './waiting-list.tsx';
import { waitingMessages } from './waiting-messages.ts';

/** The live page of the store: what all nodes do, as it happens. */
export function LivePage() {
  const [model, dispatch] = useReducer(afterServerEvent, emptyModel);
  const [state, setState] = useState<ConnectionState>('connecting');
  const [attempt, setAttempt] = useState(0);
  const [cleared, setCleared] = useState<ReadonlySet<string>>(new Set());
  const [selected, select] = useState<string>();

  // Connects again once a token was given: `attempt` changes.
  useEffect(() => {
    const aborted = new AbortController();
    if (attempt >= 0) void follow(setState, dispatch, aborted.signal);
    return () => aborted.abort();
  }, [attempt]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') select(undefined);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  const names = useMemo(() => sortLanes(model.nodes.map(({ name }) => name)), [model.nodes]);
  const events = useMemo(() => eventsAfter(model.events, cleared), [model.events, cleared]);
  const layout = useMemo(() => layOut({ events, gaps: [] }, { lanes: names }), [events, names]);
  const waiting = useMemo(() => waitingMessages(model.nodes), [model.nodes]);
  const selectedEvent = events.find((event) => keyOf(event) === selected);
  const isTraced = model.nodes.some(({ view }) => view !== undefined) && model.events.length > 0;

  if (state === 'unauthorized' || state === 'refused')
    return (
      <TokenForm
        isRefused={state === 'refused'}
        isWrong={attempt > 0}
        onToken={() => setAttempt(attempt + 1)}
      />
    );
  return (
    <div class="page">
      <PageHeader state={state} model={model} onClear={() => setCleared(new Set(model.events.map(keyOf)))} />
      <Definitions />
      <main>
        <Diagram
          layout={layout}
          nodes={model.nodes}
          waiting={waiting}
          selected={selectedEvent}
          onSelect={(event) => select(event === undefined ? undefined : keyOf(event))}
          isTraced={isTraced}
          isLive={state === 'live'}
        />
        <aside aria-label="Controls">
          {selectedEvent !== undefined && (
            <EventDetails
              event={selectedEvent}
              events={events}
              lanes={names}
              onClose={() => select(undefined)}
            />
          )}
          {waiting.length > 0 && <WaitingList self={model.self} messages={waiting} names={names} />}
          <ClientForm self={model.self} nodes={names} />
          <LinkMap self={model.self} nodes={model.nodes} waiting={waiting} names={names} />
          <NodeControls self={model.self} names={names} />
          <StoreTable nodes={model.nodes} names={names} />
          <section class="panel" aria-labelledby="legend-title">
            <h2 id="legend-title">Signs</h2>
            <Legend lanes={names} />
          </section>
        </aside>
      </main>
    </div>
  );
}
