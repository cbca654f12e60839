/** @jsxRuntime automatic @jsxImportSource preact */

/** Shows a text whose code is between backticks. */
export function Prose({ text }: { text: string }) {
  const parts = text.split('`').map((part, index) => ({ part, index }));
  return <>{parts.map(({ part, index }) => (index % 2 === 0 ? part : <code key={index}>{part}</code>))}</>;
}
