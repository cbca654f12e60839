/** @jsxRuntime automatic @jsxImportSource preact */
import type { Verdict } from '../../vector-clock-kv-store/src/verification/history/verdict.ts';

type VerdictViewProps = { title: string; id: string; verdict: Verdict };

/** The checker's verdict on what the clients of the three nodes have read. */
export function VerdictView({ title, id, verdict }: VerdictViewProps) {
  return (
    <div class={`verdict ${verdict.consistent ? '' : 'bad'}`} role="status">
      <div class="head">
        <h2 id={id}>{title}</h2>
        {verdict.consistent ? (
          <span class="badge accept">✓ consistent</span>
        ) : (
          <span class="badge reject">✗ {verdict.pattern}</span>
        )}
      </div>
      {!verdict.consistent && (
        <>
          <p class="explanation">{verdict.explanation}</p>
          <details>
            <summary>Step by step</summary>
            <ol>
              {verdict.evidence.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ol>
          </details>
        </>
      )}
    </div>
  );
}
