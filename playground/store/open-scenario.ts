import { type Scenario, ScenarioError } from './action.ts';
import { type Played, play } from './play.ts';
import { decodeScenario } from './scenario-link.ts';

/** A scenario, and the cluster after the steps that have been played, under each rule. */
export type OpenScenario = { scenario: Scenario; causal: Played; naive: Played | undefined };

/** Plays a link's scenario. Returns what is wrong with it if it cannot be played, also if a later step cannot. */
export function openScenario(fragment: string): OpenScenario | string {
  try {
    const scenario = decodeScenario(fragment);
    const { actions, naive, played } = scenario;
    const whole = play(actions, 'causal');
    const past = actions.slice(0, played);
    return {
      scenario,
      causal: played === actions.length ? whole : play(past, 'causal'),
      naive: naive ? play(past, 'naive') : undefined,
    };
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
}
