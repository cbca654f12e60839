/** @jsxRuntime automatic @jsxImportSource preact */
type BadLinkProps = { problem: string; onClear: () => void };

/** Says what is wrong with a link, and offers a way out. */
export function BadLink({ problem, onClear }: BadLinkProps) {
  return (
    <section class="panel bad-link" role="alert">
      <h2>This link cannot be played</h2>
      <p class="notice">{problem}</p>
      <button type="button" class="button primary" onClick={onClear}>
        Start without it
      </button>
    </section>
  );
}
