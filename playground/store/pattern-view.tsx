/** @jsxRuntime automatic @jsxImportSource preact */
import type { Verdict } from '../../vector-clock-kv-store/src/verification/history/verdict.ts';
import { PatternPicture } from '../../vector-clock-kv-store/src/verification/verdict-picture/pattern-picture.tsx';

/** Draws the pattern by which the naive rule is convicted: operations that cannot all come before one another. */
export function PatternView({ verdict }: { verdict: Verdict }) {
  if (verdict.consistent || verdict.arrows.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="pattern-title">
      <h2 id="pattern-title">What convicts the naive rule: {verdict.pattern}</h2>
      <p class="soft small">
        Follow the arrows: each operation comes before the next, but the red one leads back.
      </p>
      <PatternPicture violation={verdict} />
    </section>
  );
}
