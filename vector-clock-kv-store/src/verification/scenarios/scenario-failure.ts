/** An expectation of a scenario was not met. */
export class ScenarioFailure extends Error {
  override readonly name = 'ScenarioFailure';
}
