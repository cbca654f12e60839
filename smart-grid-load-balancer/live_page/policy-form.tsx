/** @jsxRuntime automatic @jsxImportSource preact */
import { rememberToken } from '@gridclock/ui-kit/live';
import { useState } from 'preact/hooks';
import { usePolicy as putPolicy } from './charges.ts';

const meanings: Readonly<Record<string, string>> = {
  'least-load': 'the lowest load in kW',
  'least-utilization': 'the lowest load relative to capacity',
  'best-fit': 'the smallest gap that suffices',
  'power-of-two': 'the less loaded of two drawn at random',
  'round-robin': 'each in turn',
  random: 'any, at random',
};

type PolicyFormProps = { policy: string | undefined; policies: readonly string[] };

/** The balancer's policy, which an administrator may change. */
export function PolicyForm({ policies, policy }: PolicyFormProps) {
  const [problem, setProblem] = useState<string>();
  const [wanted, setWanted] = useState<string>();
  const [token, setToken] = useState('');
  const change = async (name: string) => {
    const result = await putPolicy(name);
    setProblem(result.problem);
    // It is asked for again with the token.
    setWanted(result.status === 401 ? name : undefined);
  };
  return (
    <section class="panel" aria-labelledby="policy-title">
      <h2 id="policy-title">Routing policy</h2>
      <label>
        asks first
        <select
          name="policy"
          value={policy ?? ''}
          disabled={policy === undefined}
          onChange={({ currentTarget }) => void change(currentTarget.value)}
        >
          {policies.map((name) => (
            <option key={name} value={name}>
              {meanings[name] === undefined ? name : `${name}: ${meanings[name]}`}
            </option>
          ))}
        </select>
      </label>
      {problem !== undefined && (
        <p class="notice" role="alert">
          {problem}
        </p>
      )}
      {wanted !== undefined && (
        <form
          class="fields"
          onSubmit={(event) => {
            event.preventDefault();
            rememberToken(token);
            void change(wanted);
          }}
        >
          <label>
            admin token
            <input
              type="password"
              autocomplete="off"
              value={token}
              onInput={({ currentTarget }) => setToken(currentTarget.value)}
            />
          </label>
          <button type="submit" class="button" disabled={token === ''}>
            Change policy
          </button>
        </form>
      )}
    </section>
  );
}
