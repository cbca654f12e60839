import { ScenarioError } from '../store/action.ts';
import { contenders, defaultGrid, type GridScenario, limits, mixNames, type Range } from './grid-scenario.ts';
import { lessons } from './lessons.ts';

/** Longer than any fragment that the page writes. */
const MAX_CHARACTERS = 200;

/** Writes a grid scenario as a fragment: `grid;kw,80,120,100;policy,least-load;mix,all;poll,1000;seed,1;at,12`. */
export function encodeGrid({
  lesson,
  capacitiesKw,
  policy,
  mix,
  pollMs,
  seed,
  decision,
}: GridScenario): string {
  return `grid;${lesson === undefined ? '' : `lesson,${lesson};`}kw,${capacitiesKw.join(',')};policy,${policy};mix,${mix};poll,${pollMs};seed,${seed};at,${decision}`;
}

/**
 * Reads the fragment of a link. What it leaves out has the default.
 *
 * @throws ScenarioError that names the first part that is wrong
 */
export function decodeGrid(fragment: string): GridScenario {
  if (fragment.length > MAX_CHARACTERS)
    throw new ScenarioError(`The link is longer than ${MAX_CHARACTERS} characters.`);
  const [tab, ...parts] = fragment.split(';');
  if (tab !== 'grid') throw new ScenarioError('The link does not begin with #grid.');
  return parts.reduce(withPart, defaultGrid);
}

function withPart(scenario: GridScenario, part: string): GridScenario {
  const [name = '', ...values] = part.split(',');
  const [value = ''] = values;
  if (name !== 'kw' && values.length !== 1)
    throw new ScenarioError(`"${part.slice(0, 40)}" in the link has to be a name and one value.`);
  switch (name) {
    case 'kw': {
      const { min, max } = limits.substations;
      if (values.length < min || values.length > max)
        throw new ScenarioError(
          `kw in the link lists ${values.length} substations; it takes ${min} to ${max}.`,
        );
      return { ...scenario, capacitiesKw: values.map((kw) => readNumber('kw', kw, limits.capacityKw)) };
    }
    case 'lesson':
      return {
        ...scenario,
        lesson: readName(
          name,
          value,
          lessons.map(({ id }) => id),
        ),
      };
    case 'policy':
      return { ...scenario, policy: readName(name, value, contenders) };
    case 'mix':
      return { ...scenario, mix: readName(name, value, mixNames) };
    case 'poll':
      return { ...scenario, pollMs: readNumber(name, value, limits.pollMs) };
    case 'seed':
      return { ...scenario, seed: readNumber(name, value, limits.seed) };
    case 'at':
      return { ...scenario, decision: readNumber(name, value, limits.decision) };
    default:
      throw new ScenarioError(`"${name.slice(0, 40)}" in the link is unknown.`);
  }
}

function readNumber(name: string, text: string, { min, max }: Range): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new ScenarioError(`${name} in the link is "${text.slice(0, 20)}"; it has to be ${min} to ${max}.`);
}

function readName<Name extends string>(part: string, text: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === text);
  if (found !== undefined) return found;
  throw new ScenarioError(
    `${part} in the link is "${text.slice(0, 20)}"; it has to be one of ${names.join(', ')}.`,
  );
}
