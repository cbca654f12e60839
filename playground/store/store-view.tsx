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
        <p class="soft small">No keys yet.</p>
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
                  const right = readingOf(causal, index, key);
                  const wrong = naive === undefined ? right : readingOf(naive, index, key);
                  return (
                    <td key={node.name}>
                      {right}
                      {wrong !== right && <span class="naive-value">naive: {wrong}</span>}
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

function readingOf({ nodes }: Played, index: number, key: string): string {
  const [winner, ...siblings] = nodes[index]?.versions.get(key) ?? [];
  if (winner === undefined) return '–';
  const value = winner.value === null ? 'deleted' : String(winner.value);
  return siblings.length === 0 ? value : `${value} (+${siblings.length} sibling)`;
}
