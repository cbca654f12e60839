import { openGrid } from './grid/open-grid.ts';
import { openScenario } from './store/open-scenario.ts';

/** The first part of a fragment names the tab. */
export function isGridLink(fragment: string): boolean {
  return fragment.split(';', 1)[0] === 'grid';
}

/** Returns what is wrong with a link, in a sentence; undefined if it can be opened. */
export function linkProblem(fragment: string): string | undefined {
  const opened = isGridLink(fragment) ? openGrid(fragment) : openScenario(fragment);
  return typeof opened === 'string' ? opened : undefined;
}
