import type { Decision, LiveGrid } from '@gridclock/grid-protocol/live';
import type { ServerEvent } from '@gridclock/ui-kit/live';
import {
  acceptedShare,
  type Demands,
  noDemands,
  refusedLoad,
  withDecisions,
  withSessions,
} from './demand.ts';

/** The load of the whole grid at a moment: milliseconds since 1970, and kW. */
export type LoadPoint = {
  at: number;
  /** Of the substations that answer; null if none does. */
  actual: number | null;
  believed: number;
  /** The most that any routing could carry: what was asked for, up to the capacity of the substations that answer. */
  bound: number | null;
  capacity: number;
};

/** What the page knows of the grid. */
export type Model = {
  grid: LiveGrid | undefined;
  /** Why the balancer's figures are missing; undefined while they arrive. */
  problem: string | undefined;
  /** Newest first. */
  decisions: readonly Decision[];
  /** Oldest first. */
  history: readonly LoadPoint[];
  demands: Demands;
  /** The accepted power as a share of what any routing could have accepted; undefined before the first request. */
  share: number | undefined;
};

/** 40: two screens of decisions. */
const SHOWN_DECISIONS = 40;

/** 5 minutes. */
const HISTORY_MS = 300_000;

export const emptyModel: Model = {
  grid: undefined,
  problem: undefined,
  decisions: [],
  history: [],
  demands: noDemands,
  share: undefined,
};

/** Returns the model after an event of the service's stream. The service is trusted to send what its types say. */
export function afterServerEvent(model: Model, { event, data }: ServerEvent): Model {
  if (event === 'unreachable') {
    const { reason }: { reason: string } = JSON.parse(data);
    return { ...model, problem: reason };
  }
  if (event !== 'grid') return model;
  const grid: LiveGrid = JSON.parse(data);
  const last = model.decisions[0]?.seq ?? Number.NEGATIVE_INFINITY;
  const arrived = grid.decisions.filter(({ seq }) => seq > last);
  const before = model.grid === undefined ? withSessions(model.demands, grid) : model.demands;
  const demands = withDecisions(before, arrived, grid.at - HISTORY_MS);
  const point = loadOf(grid, refusedLoad(demands, grid.at));
  return {
    grid,
    problem: undefined,
    decisions: [...[...arrived].reverse(), ...model.decisions].slice(0, SHOWN_DECISIONS),
    history: [...model.history.filter(({ at }) => at > grid.at - HISTORY_MS && at < grid.at), point],
    demands,
    share:
      arrived.length === 0
        ? model.share
        : acceptedShare(
            demands,
            grid.substations.map(({ capacity }) => capacity ?? 0),
          ),
  };
}

/**
 * Adds up the substations. Those that do not answer count neither as load nor for the bound.
 *
 * @param refusedKw what would be running too if nothing had been refused
 */
export function loadOf({ at, substations }: LiveGrid, refusedKw: number): LoadPoint {
  const sum = (figures: readonly (number | null)[]) =>
    figures.reduce<number>((total, figure) => total + (figure ?? 0), 0);
  const answering = substations.filter(({ true_load }) => true_load !== null);
  const actual = answering.length === 0 ? null : sum(answering.map(({ true_load }) => true_load));
  const usable = sum(answering.map(({ capacity }) => capacity));
  return {
    at,
    actual,
    believed: sum(substations.map(({ load }) => load)),
    // A capacity that the balancer does not know yet is not above what the substation carries.
    bound: actual === null ? null : Math.max(actual, Math.min(usable, actual + refusedKw)),
    capacity: sum(substations.map(({ capacity }) => capacity)),
  };
}

/** Formats power without needless digits. */
export function kilowatts(power: number): string {
  return `${Math.round(power * 10) / 10} kW`;
}
