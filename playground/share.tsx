/** @jsxRuntime automatic @jsxImportSource preact */
import { useRef, useState } from 'preact/hooks';
import { linkProblem } from './check-link.ts';
import { plainFragment } from './plain-fragment.ts';

type ShareProps = {
  fragment: string;
  /** Opens another scenario, which the back button leaves again. */
  onOpen: (fragment: string) => void;
};

/** Hands a scenario out, and opens one that was handed out. A file's address differs on every machine; its end does not. */
export function Share({ fragment, onOpen }: ShareProps) {
  const line = useRef<HTMLInputElement>(null);
  const [pasted, setPasted] = useState('');
  const [message, setMessage] = useState('');
  const copy = () => {
    line.current?.select();
    // Without the permission, the line is selected and can be copied by hand.
    navigator.clipboard?.writeText(`#${fragment}`).then(
      () => setMessage('Copied.'),
      () => setMessage('Selected: copy it with your keyboard.'),
    );
  };
  const open = () => {
    const next = plainFragment(pasted);
    const problem = linkProblem(next);
    setMessage(problem ?? 'Opened.');
    if (problem !== undefined) return;
    setPasted('');
    onOpen(next);
  };
  return (
    <details class="share">
      <summary class="button">Share</summary>
      <div class="share-panel card">
        <p class="small">
          The end of this page’s address is the scenario. Whoever has this file opens the same with it.
        </p>
        <div class="share-row">
          <input ref={line} readOnly aria-label="This scenario" value={`#${fragment}`} />
          <button type="button" class="button" onClick={copy}>
            Copy
          </button>
        </div>
        <form
          class="share-row"
          onSubmit={(event) => {
            event.preventDefault();
            open();
          }}
        >
          <input
            required
            aria-label="A scenario that you got"
            placeholder="Paste a link, or its end from # on"
            value={pasted}
            onInput={(event) => setPasted(event.currentTarget.value)}
          />
          <button type="submit" class="button">
            Open
          </button>
        </form>
        <p class="small share-message" role="status">
          {message}
        </p>
      </div>
    </details>
  );
}
