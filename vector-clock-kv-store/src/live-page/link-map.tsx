/** @jsxRuntime automatic @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { ClusterMember, ShownLink } from '../live/node-view.ts';
import type { DirectedLink } from './directed-link.ts';
import { placeLink, placeNodes, SIZE } from './link-geometry.ts';
import { LinkPanel } from './link-panel.tsx';
import type { WaitingMessage } from './waiting-messages.ts';

type LinkMapProps = {
  self: string;
  nodes: readonly ClusterMember[];
  waiting: readonly WaitingMessage[];
  names: readonly string[];
};

/** The nodes and the links between them. Clicking a link offers its faults. */
export function LinkMap({ self, nodes, waiting, names }: LinkMapProps) {
  const [chosen, choose] = useState<string>();
  const links = nodes.flatMap(({ name, view }) =>
    (view?.links ?? []).map((link): DirectedLink => ({ from: name, ...link })),
  );
  if (links.length === 0) return null;
  const places = placeNodes(names);
  const selected = links.find((link) => keyOf(link) === chosen);
  return (
    <section class="panel" aria-labelledby="links-title">
      <h2 id="links-title">Links</h2>
      <p class="soft small">Click a link to hold, drop, delay or reorder what is sent on it.</p>
      <div class="link-map">
        <svg viewBox={`0 0 ${SIZE.width} ${SIZE.height}`} aria-hidden="true">
          <title>Nodes and links</title>
          {links.map((link) => drawLink(link, places, keyOf(link) === chosen))}
        </svg>
        {[...places].map(([name, place]) => (
          <span class={`node ${problemOf(nodes, name)}`} style={positionOf(place)} key={name}>
            {name}
          </span>
        ))}
        {links.map((link) => {
          const [from, to] = [places.get(link.from), places.get(link.peer)];
          if (from === undefined || to === undefined) return null;
          const { handle, angle } = placeLink(from, to);
          const held = waiting.filter(
            (message) => message.from === link.from && message.to === link.peer,
          ).length;
          const description = `${describeLink(link)}${held > 0 ? `, ${held} waiting` : ''}`;
          return (
            <button
              type="button"
              key={keyOf(link)}
              class={`handle ${isFaulty(link) ? 'faulty' : ''}`}
              style={positionOf(handle)}
              aria-pressed={keyOf(link) === chosen}
              aria-label={`Link from ${link.from} to ${link.peer}: ${description}`}
              title={`${link.from} → ${link.peer}: ${description}`}
              onClick={() => choose(keyOf(link) === chosen ? undefined : keyOf(link))}
            >
              <svg viewBox="-8 -8 16 16" aria-hidden="true">
                <title>direction</title>
                <path d="M-5 0H4M0-4L4 0L0 4" transform={`rotate(${Math.round(angle)})`} />
              </svg>
              {held > 0 && <span class="count">{held}</span>}
            </button>
          );
        })}
      </div>
      {selected !== undefined && (
        <LinkPanel self={self} link={selected} description={describeLink(selected)} />
      )}
    </section>
  );
}

function drawLink(
  link: DirectedLink,
  places: ReadonlyMap<string, { x: number; y: number }>,
  isChosen: boolean,
) {
  const [from, to] = [places.get(link.from), places.get(link.peer)];
  if (from === undefined || to === undefined) return null;
  const { tail, head } = placeLink(from, to);
  const classes = `link ${isFaulty(link) ? 'faulty' : ''} ${isChosen ? 'chosen' : ''}`;
  return <line key={keyOf(link)} class={classes} x1={tail.x} y1={tail.y} x2={head.x} y2={head.y} />;
}

function keyOf({ from, peer }: DirectedLink): string {
  return `${from} ${peer}`;
}

function isFaulty({ faults }: ShownLink): boolean {
  return faults.length > 0;
}

function describeLink({ faults }: ShownLink): string {
  return faults.length === 0
    ? 'passes everything'
    : [...new Set(faults.map(({ action }) => action))].join(', ');
}

function problemOf(nodes: readonly ClusterMember[], name: string): string {
  return nodes.find((node) => node.name === name)?.problem === undefined ? '' : 'absent';
}

function positionOf({ x, y }: { x: number; y: number }) {
  return { left: `${(x / SIZE.width) * 100}%`, top: `${(y / SIZE.height) * 100}%` };
}
