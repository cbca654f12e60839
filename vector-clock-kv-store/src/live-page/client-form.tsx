/** @jsxRuntime automatic @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks';
import { merge, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import { formatClock } from '../space-time/format-clock.ts';
import { parseValue, type Result, run } from './commands.ts';

/** As many results as fit beside the form. */
const SHOWN_RESULTS = 4;

type Shown = Result & { id: number; node: string };

/** A client: puts, gets and deletes keys at any node, with or without its causal context. */
export function ClientForm({ self, nodes }: { self: string; nodes: readonly string[] }) {
  const [node, setNode] = useState('');
  const [key, setKey] = useState('x');
  const [value, setValue] = useState('1');
  const [withContext, setWithContext] = useState(true);
  const [context, setContext] = useState<VectorClock>(zeroClock);
  const [results, setResults] = useState<readonly Shown[]>([]);
  useEffect(() => {
    if (node === '' && self !== '') setNode(self);
  }, [node, self]);

  const submit = async (command: 'put' | 'get' | 'delete') => {
    const result = await run(self, node, command, {
      key,
      ...(command === 'put' ? { value: parseValue(value) } : {}),
      ...(withContext ? { vc: context } : {}),
    });
    const { vc } = result;
    if (vc !== undefined) setContext((known) => (withContext ? merge(known, vc) : vc));
    setResults((shown) =>
      [{ ...result, node, id: (shown[0]?.id ?? 0) + 1 }, ...shown].slice(0, SHOWN_RESULTS),
    );
  };
  return (
    <section class="panel" aria-labelledby="client-title">
      <h2 id="client-title">A client</h2>
      <form
        class="client"
        onSubmit={(event) => {
          event.preventDefault();
          void submit('put');
        }}
      >
        <fieldset class="choice">
          <legend>at</legend>
          {nodes.map((name) => (
            <label key={name}>
              <input type="radio" name="node" checked={name === node} onChange={() => setNode(name)} />
              <span>{name}</span>
            </label>
          ))}
        </fieldset>
        <div class="fields">
          <label>
            key
            <input
              name="key"
              value={key}
              maxLength={200}
              required
              autocomplete="off"
              autocapitalize="none"
              onInput={({ currentTarget }) => setKey(currentTarget.value)}
            />
          </label>
          <label>
            value
            <input
              name="value"
              value={value}
              maxLength={2_000}
              autocomplete="off"
              onInput={({ currentTarget }) => setValue(currentTarget.value)}
            />
          </label>
        </div>
        <div class="buttons">
          <button type="submit" class="button primary" disabled={key === ''}>
            Put
          </button>
          <button type="button" class="button" disabled={key === ''} onClick={() => void submit('get')}>
            Get
          </button>
          <button type="button" class="button" disabled={key === ''} onClick={() => void submit('delete')}>
            Delete
          </button>
        </div>
        <div class="context">
          <label class="check">
            <input
              type="checkbox"
              checked={withContext}
              onChange={({ currentTarget }) => setWithContext(currentTarget.checked)}
            />
            with its context
          </label>
          <span class="clock" title="The vector clock of everything this client has seen">
            {formatClock(context, nodes)}
          </span>
          <button type="button" class="button small" onClick={() => setContext(zeroClock)}>
            Forget
          </button>
        </div>
      </form>
      <ol class="results" aria-live="polite">
        {results.map(({ id, node: at, isGood, text, vc }) => (
          <li key={id} class={isGood ? 'good' : 'bad'}>
            <span class="at">{at}</span> {text}{' '}
            {vc !== undefined && <span class="clock">{formatClock(vc, nodes)}</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}
