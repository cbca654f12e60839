/** @jsxRuntime automatic @jsxImportSource preact */
import type { TracedEvent } from '../trace/event.ts';
import { describeEvent } from './describe-event.ts';
import { laneOf } from './lanes.ts';
import type { Mark } from './layout.ts';
import { percentOf } from './positions.ts';
import type { Relation } from './relations.ts';

type MarkViewProps = {
  mark: Mark;
  /** Where the mark is, as a CSS length. */
  top: string;
  lanes: readonly string[];
  /** How long the delivered write waited in the buffer. */
  waited: string | undefined;
  relation: Relation | undefined;
  onSelect: ((event: TracedEvent) => void) | undefined;
};

/** Draws one event: a shape on its lane and, beside it, its label. */
export function MarkView({ mark, top, lanes, waited, relation, onSelect }: MarkViewProps) {
  const { event, lane, count, label } = mark;
  const description = describeEvent(event);
  const classes = ['mark', event.kind, waited === undefined ? '' : 'late', relation ?? ''].filter(Boolean);
  const place = {
    left: percentOf(lane, lanes),
    top,
    width: `calc(${percentOf(1, lanes)} - 0.25rem)`,
  };
  const content = (
    <>
      <span class="shape" />
      {label !== undefined && (
        <span class="label">
          <span class="what">
            <span class="verb">{label.verb} </span>
            <b>{label.object}</b>
            {count > 1 && <span class="times"> ×{count}</span>}
          </span>
          {label.clock !== undefined && <span class="clock">{label.clock}</span>}
          {label.condition !== undefined && <span class="condition">{label.condition}</span>}
          {waited !== undefined && (
            <span class="waited">
              {' '}
              <span class="verb">waited </span>
              {waited}
            </span>
          )}
        </span>
      )}
    </>
  );
  if (onSelect === undefined)
    return (
      <span class={classes.join(' ')} style={place} title={description}>
        {content}
      </span>
    );
  return (
    <button
      type="button"
      class={classes.join(' ')}
      style={place}
      title={description}
      aria-pressed={relation === 'selected'}
      onClick={() => onSelect(event)}
    >
      {/* A screen reader says the lane too, and what a mark without a label means. */}
      <span class="hidden-text">
        {laneOf(event.host)}: {label === undefined ? description : ''}
      </span>
      {content}
    </button>
  );
}
