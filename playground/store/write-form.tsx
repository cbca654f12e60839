/** @jsxRuntime automatic @jsxImportSource preact */
import { useState } from 'preact/hooks';
import { type Action, MAX_TEXT, nodeName } from './action.ts';

/** Puts or deletes a key at a node. */
export function WriteForm({ onAct }: { onAct: (action: Action) => void }) {
  const [node, setNode] = useState(1);
  const [key, setKey] = useState('x');
  const [value, setValue] = useState('1');
  return (
    <section class="panel" aria-labelledby="write-title">
      <h2 id="write-title">Write</h2>
      <form
        class="client"
        onSubmit={(event) => {
          event.preventDefault();
          if (key !== '') onAct({ kind: 'put', node, key, value });
        }}
      >
        <fieldset class="choice">
          <legend>at</legend>
          {[1, 2, 3].map((choice) => (
            <label key={choice}>
              <input type="radio" name="node" checked={choice === node} onChange={() => setNode(choice)} />
              <span>{nodeName(choice)}</span>
            </label>
          ))}
        </fieldset>
        <div class="fields">
          <label>
            Key
            <input
              required
              maxLength={MAX_TEXT}
              value={key}
              onInput={(event) => setKey(event.currentTarget.value)}
            />
          </label>
          <label>
            Value
            <input
              maxLength={MAX_TEXT}
              value={value}
              onInput={(event) => setValue(event.currentTarget.value)}
            />
          </label>
        </div>
        <div class="buttons">
          <button type="submit" class="button primary">
            Put
          </button>
          <button
            type="button"
            class="button"
            onClick={() => key !== '' && onAct({ kind: 'delete', node, key })}
          >
            Delete
          </button>
        </div>
      </form>
    </section>
  );
}
