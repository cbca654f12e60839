/** @jsxRuntime automatic @jsxImportSource preact */
import type { Violation } from '../history/verdict.ts';
import { PatternPicture } from './pattern-picture.tsx';

/** What a violation needs to be drawn. */
export const verdictStyle = new URL('verdict-picture.css', import.meta.url);

/** A violation as a picture and as text. */
export function ViolationView({ violation }: { violation: Violation }) {
  const { pattern, explanation, operations, evidence } = violation;
  return (
    <>
      <p>
        <b>{pattern}</b>: {explanation}
      </p>
      <PatternPicture violation={violation} />
      <h3>{evidence.length === 0 ? 'The operation' : 'Step by step'}</h3>
      <ol class="verdict-steps">
        {(evidence.length === 0 ? operations.map(({ text }) => text) : evidence).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ol>
    </>
  );
}
