/** @jsxRuntime automatic @jsxImportSource preact */
import type { Assessment } from '../assessment/assessment.ts';
import { type Bar, Bars } from './bars.tsx';
import { Scrollable } from './scrollable.tsx';

/** Rejections and failures by reason. */
export function NotAcceptedSection({ assessment: { summary } }: { assessment: Assessment }) {
  const { tooLarge, capacityUnknown, sessionInterrupted } = summary;
  const bar = (name: string, value: number, role: Bar['role']): Bar => ({
    name,
    value,
    text: `${value}`,
    role,
  });
  const rows = [
    bar('Grid full', summary.rejected - tooLarge, 'warning'),
    bar('Larger than every substation', tooLarge, 'warning'),
    bar('Capacity unknown: part of the grid did not respond', capacityUnknown, 'bad'),
    bar('Session interrupted: accepted, then lost', sessionInterrupted, 'bad'),
    ...summary.failures
      .filter(({ cause }) => cause === undefined)
      .map(({ reason, count }) => bar(reason, count, 'bad')),
  ].filter(({ value }) => value > 0);
  return (
    <section class="card">
      <h2>Not accepted</h2>
      <p>Rejections and failures, by reason.</p>
      {rows.length === 0 ? <p>Every request was accepted.</p> : <Bars rows={rows} kind="reasons" />}
    </section>
  );
}

/** Acceptances as clients received them, next to the substations' counters. */
export function ReconciliationSection({ assessment: { reconciliation } }: { assessment: Assessment }) {
  if (reconciliation === undefined)
    return (
      <section class="card">
        <h2>Clients and substations</h2>
        <p>The substations’ counters could not be read.</p>
      </section>
    );
  const { unresolved, substations, restarted } = reconciliation;
  const columns = ['clients', 'substations', 'clients, kW', 'substations, kW'];
  return (
    <section class="card">
      <h2>Clients and substations</h2>
      <p>
        Acceptances that clients received, next to the increase of the substations’ counters. {unresolved}{' '}
        {unresolved === 1 ? 'request' : 'requests'} got no definite response.
      </p>
      <Scrollable label="Clients and substations">
        <table>
          <thead>
            <tr>
              <th>substation</th>
              {columns.map((name) => (
                <th class="number" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {substations.map(({ id, acknowledged, counted }) => {
              const isLost = restarted?.includes(id) ?? false;
              return (
                <tr key={id}>
                  <th scope="row">{id}</th>
                  <td class="number">{acknowledged.accepted}</td>
                  <td class="number">{isLost ? 'lost' : counted.accepted}</td>
                  <td class="number">{acknowledged.acceptedKw.toFixed(1)}</td>
                  <td class="number">{isLost ? 'lost' : counted.acceptedKw.toFixed(1)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scrollable>
    </section>
  );
}
