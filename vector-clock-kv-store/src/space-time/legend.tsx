/** @jsxRuntime automatic @jsxImportSource preact */
import type { ComponentChildren } from 'preact';

/** The arrow heads and the hatching that diagrams refer to. Needed once in a document. */
export function Definitions() {
  return (
    <svg class="definitions" width="0" height="0" aria-hidden="true">
      <title>Arrow heads</title>
      <defs>
        {['delivered', 'buffered', 'duplicate', 'waiting'].map((effect) => (
          <marker
            id={`to-${effect}`}
            key={effect}
            viewBox="0 0 10 10"
            // Past the tip, so that the head stops short of the mark.
            refX="15"
            refY="5"
            markerWidth="8"
            markerHeight="8"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path d="M0 1L9 5L0 9z" />
          </marker>
        ))}
        <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line class="hatch" x1="0" x2="0" y1="0" y2="6" />
        </pattern>
      </defs>
    </svg>
  );
}

/** Explains the signs of a diagram. */
export function Legend({ lanes }: { lanes: readonly string[] }) {
  return (
    <ul class="legend">
      <Item sample={<Sign kind="write" />}>write</Item>
      <Item sample={<Sign kind="deliver" />}>delivery: all causes have arrived</Item>
      <Item sample={<Sign kind="buffer" />}>wait in the buffer for a cause</Item>
      <Item sample={<Sign kind="fault" />}>fault of a link</Item>
      <Item sample={<Arrow effect="delivered" />}>message, delivered on arrival</Item>
      <Item sample={<Arrow effect="buffered" />}>arrived before its causes</Item>
      <Item sample={<Arrow effect="duplicate" />}>duplicate</Item>
      {lanes.length > 0 && (
        <Item sample={<span class="clock">[{lanes.map((_lane, index) => index + 1).join(' ')}]</span>}>
          the write’s vector clock: {lanes.map((lane, index) => `${index + 1} of ${lane}`).join(', ')}
        </Item>
      )}
    </ul>
  );
}

function Item({ sample, children }: { sample: ComponentChildren; children: ComponentChildren }) {
  return (
    <li>
      <span class="sample">{sample}</span>
      <span>{children}</span>
    </li>
  );
}

function Sign({ kind }: { kind: string }) {
  return (
    <span class={`mark static ${kind}`}>
      <span class="shape" />
    </span>
  );
}

function Arrow({ effect }: { effect: string }) {
  return (
    <svg width="34" height="12" aria-hidden="true">
      <title>{effect}</title>
      <line class={`message ${effect}`} x1="1" x2="40" y1="6" y2="6" marker-end={`url(#to-${effect})`} />
    </svg>
  );
}
