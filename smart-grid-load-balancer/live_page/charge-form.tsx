/** @jsxRuntime automatic @jsxImportSource preact */
import type { Priority } from '@gridclock/grid-protocol/live';
import { useState } from 'preact/hooks';
import { charge, type Result } from './charges.ts';

const priorities: readonly Priority[] = ['high', 'normal', 'low'];

/** As many results as fit below the form. */
const SHOWN_RESULTS = 3;

/** A driver: charges one vehicle. */
export function ChargeForm() {
  const [amount, setAmount] = useState('11');
  const [priority, setPriority] = useState<Priority>('normal');
  const [results, setResults] = useState<readonly (Result & { id: number })[]>([]);
  const submit = async () => {
    const result = await charge({ vehicle_id: 'live-page', charge_amount: Number(amount), priority });
    setResults((shown) => [{ ...result, id: (shown[0]?.id ?? 0) + 1 }, ...shown].slice(0, SHOWN_RESULTS));
  };
  return (
    <section class="panel" aria-labelledby="charge-title">
      <h2 id="charge-title">Charge a vehicle</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <div class="fields">
          <label>
            power, kW
            <input
              name="amount"
              type="number"
              min="0.1"
              step="0.1"
              required
              value={amount}
              onInput={({ currentTarget }) => setAmount(currentTarget.value)}
            />
          </label>
          <label>
            priority
            <select
              name="priority"
              value={priority}
              onChange={({ currentTarget }) =>
                setPriority(priorities.find((name) => name === currentTarget.value) ?? 'normal')
              }
            >
              {priorities.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <button type="submit" class="button primary">
            Charge
          </button>
        </div>
      </form>
      <ol class="results" aria-live="polite">
        {results.map(({ id, isGood, text }) => (
          <li key={id} class={isGood ? 'good' : 'bad'}>
            {isGood ? '✓ ' : '× '}
            {text}
          </li>
        ))}
      </ol>
    </section>
  );
}
