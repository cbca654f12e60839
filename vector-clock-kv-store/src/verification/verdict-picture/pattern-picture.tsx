/** @jsxRuntime automatic @jsxImportSource preact */
import { formatClock } from '../../space-time/format-clock.ts';
import type { Operation } from '../history/history.ts';
import type { PatternArrow, Violation } from '../history/verdict.ts';
import { BOX, centreOf, formatPath, pointOn, ROW, TOP } from './arrow-path.ts';
import { layOutPattern, type PlacedArrow, type PlacedOperation } from './lay-out-pattern.ts';
import { type RoutedArrow, routeArrows } from './route-arrows.ts';

/** As many characters as fit a box, in its larger and in its smaller text. */
const CHARACTERS = 18;
const SMALL_CHARACTERS = 22;

/**
 * Draws a violated pattern: a lane for each session, its operations downwards, and arrows that say why one comes before
 * another. Plain SVG, so that it also fits documents that are no HTML.
 */
export function PatternPicture({ violation }: { violation: Violation }) {
  const layout = layOutPattern(violation);
  const { lanes, operations } = layout;
  const arrows = routeArrows(layout, formatRelation);
  const { left, width } = extentOf(operations, arrows);
  const height = TOP + operations.length * ROW - 24;
  return (
    <svg
      class="pattern"
      viewBox={`${left} 0 ${width} ${height}`}
      style={{ maxWidth: `${Math.round(width / 14)}rem` }}
      role="img"
      aria-label={describe(violation, arrows)}
    >
      <defs>
        {Object.values(styles).map((name) => (
          <marker
            id={`tip-${name}`}
            key={name}
            viewBox="0 0 10 10"
            refX="9"
            refY="5"
            markerWidth="9"
            markerHeight="9"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path class={`tip ${name}`} d="M0 1L9 5L0 9z" />
          </marker>
        ))}
      </defs>
      {lanes.map((lane, index) => (
        <g key={lane}>
          <line class="lane" x1={laneAt(index)} x2={laneAt(index)} y1="34" y2={height - 4} />
          <text class="lane-title" x={laneAt(index)} y="22">
            {shorten(lane, CHARACTERS)}
          </text>
        </g>
      ))}
      {arrows.map((arrow) => {
        const style = styleOf(arrow);
        const d = formatPath(arrow.path);
        return <path class={`arrow ${style}`} d={d} marker-end={`url(#tip-${style})`} key={d} />;
      })}
      {operations.map((operation) => (
        <Box operation={operation} violation={violation} key={operation.row} />
      ))}
      {arrows.map((arrow) => (
        <text
          class={`relation ${styleOf(arrow)}`}
          x={arrow.label.x}
          y={arrow.label.y + 4}
          key={formatPath(arrow.path)}
        >
          {arrow.text}
        </text>
      ))}
    </svg>
  );
}

/** The part of the width that is drawn on: a phone has none to spare. */
function extentOf(operations: readonly PlacedOperation[], arrows: readonly RoutedArrow[]) {
  const boxes = operations.map((operation) => ({ x: centreOf(operation).x, half: BOX.width / 2 }));
  const labels = arrows.map(({ label, text }) => ({ x: label.x, half: text.length * 3.4 }));
  const curves = arrows.flatMap(({ path }) =>
    [0.1, 0.3, 0.5, 0.7, 0.9].map((share) => ({ x: pointOn(path, share).x, half: 6 })),
  );
  const all = [...boxes, ...labels, ...curves];
  const left = Math.floor(Math.min(...all.map(({ x, half }) => x - half)) - 6);
  return { left, width: Math.ceil(Math.max(...all.map(({ x, half }) => x + half)) + 6) - left };
}

function laneAt(lane: number): number {
  return centreOf({ lane, row: 0 }).x;
}

const styles = {
  'session order': 'session',
  'reads from': 'reads',
  'causal order': 'causal',
  'conflict order': 'conflict',
  contradiction: 'contradiction',
} as const;

function styleOf({ relation, isContradiction }: Pick<PatternArrow, 'relation' | 'isContradiction'>): string {
  return styles[isContradiction ? 'contradiction' : relation];
}

/** What an arrow says. A read that found nothing has read from the time before the write. */
function formatRelation({ relation, steps, isContradiction, from }: PlacedArrow): string {
  if (isContradiction && from.operation.kind === 'read') return 'read the time before';
  return steps === undefined ? relation : `${relation}, ${steps} steps`;
}

function Box({ operation, violation }: { operation: PlacedOperation; violation: Violation }) {
  const { x, y } = centreOf(operation);
  const { kind, node, vc, status } = asWritten(operation.operation);
  const clock = vc === undefined ? '' : formatClock(vc, []);
  const place = [
    node === undefined ? '' : `at ${shortNode(node)}`,
    status === 'unknown' ? 'outcome unknown' : '',
    clock,
  ];
  const isNamed = violation.operations.some(
    ({ session, index }) => session === operation.session && index === operation.index,
  );
  return (
    <g class={`operation ${kind}${isNamed ? ' named' : ''}`}>
      <title>{operation.text}</title>
      <rect x={x - BOX.width / 2} y={y - BOX.height / 2} width={BOX.width} height={BOX.height} rx="8" />
      <text class="kind" x={x} y={y - 13}>
        {kind}
      </text>
      <text class="what" x={x} y={y + 3}>
        {shorten(formatObject(operation.operation), CHARACTERS)}
      </text>
      <text class="where" x={x} y={y + 19}>
        {shorten(place.filter((part) => part !== '').join(' '), SMALL_CHARACTERS)}
      </text>
    </g>
  );
}

function asWritten(operation: Operation): {
  kind: string;
  node?: string;
  vc?: Operation['vc'];
  status?: string;
} {
  const { kind, node, vc } = operation;
  return {
    kind,
    ...(node === undefined ? {} : { node }),
    ...(vc === undefined ? {} : { vc }),
    ...(operation.kind === 'read' || operation.status === undefined ? {} : { status: operation.status }),
  };
}

function formatObject({ kind, key, value }: Operation): string {
  return kind === 'delete' ? key : `${key}=${value === null ? 'nothing' : value}`;
}

/** Soaks name a node by its URL. */
function shortNode(node: string): string {
  return node.replace(/^https?:\/\//, '');
}

function shorten(text: string, limit: number): string {
  const characters = [...text];
  return characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : text;
}

function describe({ pattern, explanation }: Violation, arrows: readonly RoutedArrow[]): string {
  const steps = arrows.map(({ from, text, to }) => `${from.text}, ${text}, ${to.text}`);
  return [`${pattern}: ${explanation}`, ...steps].join('; ');
}
