import type { Decision, LiveGrid } from '@gridclock/grid-protocol/live';
import type { ServerEvent } from '@gridclock/ui-kit/live';

/** The load of the whole grid at a moment: milliseconds since 1970, and kW. */
export type LoadPoint = { at: number; actual: number | null; believed: number; capacity: number };

/** What the page knows of the grid. */
export type Model = {
  grid: LiveGrid | undefined;
  /** Why the balancer's figures are missing; undefined while they arrive. */
  problem: string | undefined;
  /** Newest first. */
  decisions: readonly Decision[];
  /** Oldest first. */
  history: readonly LoadPoint[];
};

/** 40: two screens of decisions. */
const SHOWN_DECISIONS = 40;

/** 5 minutes. */
const HISTORY_MS = 300_000;

export const emptyModel: Model = { grid: undefined, problem: undefined, decisions: [], history: [] };

/** Returns the model after an event of the service's stream. The service is trusted to send what its types say. */
export function afterServerEvent(model: Model, { event, data }: ServerEvent): Model {
  if (event === 'unreachable') {
    const { reason }: { reason: string } = JSON.parse(data);
    return { ...model, problem: reason };
  }
  if (event !== 'grid') return model;
  const grid: LiveGrid = JSON.parse(data);
  const known = new Set(model.decisions.map(({ seq }) => seq));
  const arrived = grid.decisions.filter(({ seq }) => !known.has(seq));
  return {
    grid,
    problem: undefined,
    decisions: [...arrived.reverse(), ...model.decisions].slice(0, SHOWN_DECISIONS),
    history: [...model.history.filter(({ at }) => at > grid.at - HISTORY_MS && at < grid.at), loadOf(grid)],
  };
}

/** Adds up the substations. The actual load is null while one of them does not say it. */
export function loadOf({ at, substations }: LiveGrid): LoadPoint {
  const sum = (figures: readonly (number | null)[]) =>
    figures.reduce<number>((total, figure) => total + (figure ?? 0), 0);
  const actual = substations.map(({ true_load }) => true_load);
  return {
    at,
    actual: actual.includes(null) ? null : sum(actual),
    believed: sum(substations.map(({ load }) => load)),
    capacity: sum(substations.map(({ capacity }) => capacity)),
  };
}

/** Formats power without needless digits. */
export function kilowatts(power: number): string {
  return `${Math.round(power * 10) / 10} kW`;
}
