/** @jsxRuntime automatic @jsxImportSource preact */
import type { ClusterMember } from '../live/node-view.ts';
import { assignment } from '../space-time/describe-event.ts';
import { formatClock } from '../space-time/format-clock.ts';
import { formatCondition } from '../space-time/mark-label.ts';

type StoreTableProps = { nodes: readonly ClusterMember[]; names: readonly string[] };

/** What each node has stored, key by key, and what waits in its buffer. */
export function StoreTable({ nodes, names }: StoreTableProps) {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const keys = [...new Set(nodes.flatMap(({ view }) => view?.keys.map(({ key }) => key) ?? []))].sort();
  const isCut = nodes.some(({ view }) => view?.more_keys);
  const waiting = nodes.flatMap(({ name, view }) =>
    (view?.buffered ?? []).map((entry) => ({ name, ...entry })),
  );
  return (
    <section class="panel" aria-labelledby="stores-title">
      <h2 id="stores-title">Stores and buffers</h2>
      {waiting.length > 0 && (
        <ul class="waiting">
          {waiting.map(({ name, write, missing, has }) => (
            <li key={`${name} ${write.node} ${write.counter}`}>
              <b>{name}</b> keeps {assignment(write)}{' '}
              {write.vc !== undefined && <span class="clock">{formatClock(write.vc, names)}</span>}{' '}
              <span class="condition">{formatCondition({ missing, has })}</span>
            </li>
          ))}
        </ul>
      )}
      {keys.length === 0 ? (
        <p class="soft small">No keys yet.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it.
        <section class="scroll" tabIndex={0} aria-label="Stores">
          <table>
            <thead>
              <tr>
                <th scope="col">key</th>
                {names.map((name) => (
                  <th scope="col" key={name}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {keys.map((key) => (
                <Row key={key} name={key} cells={names.map((name) => cellOf(byName.get(name), key))} />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {isCut && <p class="soft small">Only some of the keys are shown.</p>}
    </section>
  );
}

type Cell = { value: string; versions: number } | undefined;

function cellOf(member: ClusterMember | undefined, key: string): Cell {
  return member?.view?.keys.find((shown) => shown.key === key);
}

function Row({ name, cells }: { name: string; cells: readonly Cell[] }) {
  const isEqual = new Set(cells.map((cell) => cell?.value)).size <= 1;
  return (
    <tr class={isEqual ? '' : 'differs'}>
      <th scope="row">{name}</th>
      {cells.map((cell, index) => (
        <td key={index}>
          {cell === undefined ? <span class="soft">none</span> : cell.value}
          {cell !== undefined && cell.versions > 1 && <span class="badge wait">+{cell.versions - 1}</span>}
        </td>
      ))}
    </tr>
  );
}
