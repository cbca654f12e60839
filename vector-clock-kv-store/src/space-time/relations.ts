import { counterOf } from '../causality/vector-clock.ts';
import type { TracedEvent } from '../trace/event.ts';

/** How an event relates to a selected one in the causal order. */
export type Relation = 'selected' | 'cause' | 'effect' | 'concurrent';

/** Compares an event with the selected one by their event clocks, which are exact: an entry counts all events before. */
export function relationTo(selected: TracedEvent, event: TracedEvent): Relation {
  const own = counterOf(event.clock, event.host);
  const ownOfSelected = counterOf(selected.clock, selected.host);
  if (event.host === selected.host && own === ownOfSelected) return 'selected';
  if (counterOf(selected.clock, event.host) >= own) return 'cause';
  return counterOf(event.clock, selected.host) >= ownOfSelected ? 'effect' : 'concurrent';
}
