/** @jsxRuntime automatic @jsxImportSource preact */
import type { Played } from './play.ts';

type StoreViewProps = { causal: Played; naive: Played | undefined };

/** What a client reads at each node; a difference under the naive rule is marked. */
export function StoreView({ causal, naive }: StoreViewProps) {
  const keys = [...new Set(causal.nodes.flatMap(({ versions }) => [...versions.keys()]))].sort();
  return (
    <section class="panel" aria-labelledby="stores-title">
      <h2 id="stores-title">What a client reads</h2>
      {keys.length === 0 ? (
        <p class="soft small">No key has been written yet.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">key</th>
              {causal.nodes.map(({ name }) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {keys.map((key) => (
              <tr key={key}>
                <th scope="row">{key}</th>
                {causal.nodes.map((node, index) => {
                  const [winner, ...siblings] = readingOf(causal, index, key);
                  const wrong = readingOf(naive ?? causal, index, key);
                  return (
                    <td key={node.name}>
                      {winner ?? <span class="soft">nothing</span>}
                      {siblings.length > 0 && <span class="sibling">sibling: {siblings.join(', ')}</span>}
                      {wrong.join() !== [winner, ...siblings].join() && (
                        <span class="naive-value">naive: {wrong.join(', ') || 'nothing'}</span>
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** The values of a key at a node: the winner first, then its siblings. */
function readingOf({ nodes }: Played, index: number, key: string): string[] {
  return (nodes[index]?.versions.get(key) ?? []).map(({ value }) =>
    value === null ? 'deleted' : value === '' ? '(empty)' : String(value),
  );
}
