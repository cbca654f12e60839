/** @jsxRuntime automatic @jsxImportSource preact */

import { rememberToken } from '@gridclock/ui-kit/live';
import { useState } from 'preact/hooks';

type TokenFormProps = {
  isRefused: boolean;
  /** Whether a token was given that the node does not accept. */
  isWrong: boolean;
  onToken: () => void;
};

/** Asks for the cluster token, which the nodes' events need where the cluster has one. */
export function TokenForm({ isRefused, isWrong, onToken }: TokenFormProps) {
  const [text, setText] = useState('');
  if (isRefused)
    return (
      <main class="token card">
        <h1>Not from here</h1>
        <p>
          This cluster uses mutual TLS. Its live page needs a browser with a certificate of a node or an
          operator.
        </p>
      </main>
    );
  return (
    <main class="token card">
      <h1>Causal store</h1>
      <p>This cluster has a token. The page keeps it in memory only.</p>
      {isWrong && (
        <p class="notice" role="alert">
          The node does not accept this token.
        </p>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          rememberToken(text);
          onToken();
        }}
      >
        <label>
          Cluster token
          <input
            type="password"
            value={text}
            autocomplete="off"
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
        <button type="submit" class="button primary" disabled={text === ''}>
          Show
        </button>
      </form>
    </main>
  );
}
