/** @jsxRuntime automatic @jsxImportSource preact */
import type { Contender } from './grid-scenario.ts';

type PolicyTableProps = {
  comparison: readonly { policy: Contender; share: number; rejected: number }[];
  chosen: Contender;
  onChoose: (policy: Contender) => void;
};

/** Every policy on the same traffic. */
export function PolicyTable({ comparison, chosen, onChoose }: PolicyTableProps) {
  return (
    <section class="panel" aria-labelledby="policies-title">
      <h2 id="policies-title">Every policy, same traffic</h2>
      <table class="policies">
        <thead>
          <tr>
            <th scope="col">policy</th>
            <th scope="col">of the bound</th>
            <th scope="col">rejected</th>
          </tr>
        </thead>
        <tbody>
          {comparison.map(({ policy, share, rejected }) => (
            <tr key={policy} class={policy === chosen ? 'chosen' : ''}>
              <th scope="row">
                <button
                  type="button"
                  class="button small"
                  aria-pressed={policy === chosen}
                  onClick={() => onChoose(policy)}
                >
                  {policy}
                </button>
              </th>
              <td>{(100 * share).toFixed(1)} %</td>
              <td>{rejected}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="soft small">One minute is a small sample: draw other traffic before you judge.</p>
    </section>
  );
}
