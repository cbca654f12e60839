import { ScenarioError } from '../store/action.ts';
import { decodeGrid } from './grid-link.ts';
import type { GridScenario } from './grid-scenario.ts';

/** Reads a link's scenario. Returns what is wrong with it if it cannot be run. */
export function openGrid(fragment: string): GridScenario | string {
  try {
    return decodeGrid(fragment);
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
}
