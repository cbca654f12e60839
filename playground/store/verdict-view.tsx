/** @jsxRuntime automatic @jsxImportSource preact */
import type { BadPattern, Verdict } from '../../vector-clock-kv-store/src/verification/history/verdict.ts';

type VerdictViewProps = { title: string; id: string; verdict: Verdict };

/** What each pattern means, in the words of docs/history-format.md. */
const meanings: Record<BadPattern, string> = {
  ThinAirRead: 'a read returned a value that nobody wrote',
  CyclicCO: 'operations precede each other in a cycle',
  WriteCOInitRead: 'a read found nothing, although a write of the key precedes it',
  WriteCORead: 'a read returned an overwritten value: a later write of the key precedes the read',
  CyclicCF: 'the reads together imply a cyclic order of writes',
};

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
      {verdict.consistent ? (
        <p class="small soft">
          {verdict.operations === 0
            ? 'A checker will judge every write and every read.'
            : `The checker finds no bad pattern in ${count(verdict.operations, 'write or read', 'writes and reads')}.`}
        </p>
      ) : (
        <>
          <p class="explanation">
            <b>{verdict.pattern}</b>: {meanings[verdict.pattern]}.
          </p>
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

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
