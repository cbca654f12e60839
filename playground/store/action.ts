/** A directed link, by the numbers of its nodes, from 1. */
export type Link = { from: number; to: number };

/** One step of a scenario, as a person clicks it. `at` is a message's place in its link's queue, from 1. */
export type Action =
  | { kind: 'put'; node: number; key: string; value: string }
  | { kind: 'delete'; node: number; key: string }
  | ({ kind: 'deliver' | 'drop' | 'duplicate'; at: number } & Link)
  /** Swaps the first two messages of a link. */
  | ({ kind: 'reorder' } & Link)
  | ({ kind: 'hold' | 'release' } & Link)
  /** Sends again what a link has lost. */
  | ({ kind: 'resend' } & Link)
  /** Both directions. Healing sends again what was lost. */
  | ({ kind: 'cut' | 'heal' } & Link)
  /** Delivers every message of links that are not held, until none is left. */
  | { kind: 'all' };

/** What a class did, or is about to do. */
export type Scenario = {
  /** The lesson whose text is shown. */
  lesson?: string;
  /** Whether the naive rule runs beside the right one. */
  naive: boolean;
  /** How many of the actions have been played. A reader steps through the others. */
  played: number;
  actions: readonly Action[];
};

export const emptyScenario: Scenario = { naive: false, played: 0, actions: [] };

/** The nodes of the playground. */
export const NODES = 3;

/** 200: far more steps than a lesson has, and a link that mail programs do not cut. */
export const MAX_ACTIONS = 200;

/** 20: after each delivery, a client reads every key, and the checker judges every read while the person waits. */
export const MAX_KEYS = 20;

/** 24 characters: what a label of the diagram has room for. */
export const MAX_TEXT = 24;

/** A scenario that cannot be played. The message says what to correct. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

/** Names a node by its number. */
export function nodeName(node: number): string {
  return `node${node}`;
}

/** All directed links. */
export const allLinks: readonly Link[] = [1, 2, 3].flatMap((from) =>
  [1, 2, 3].filter((to) => to !== from).map((to) => ({ from, to })),
);
