import {
  type Action,
  emptyScenario,
  type Link,
  MAX_ACTIONS,
  MAX_TEXT,
  NODES,
  type Scenario,
  ScenarioError,
} from './action.ts';
import { lessons } from './lessons.ts';

/** 20,000 characters: more than 200 of the longest actions with plain letters take. */
const MAX_CHARACTERS = 20_000;

/**
 * Writes a scenario as the fragment of a link: `store;naive;at,1;put,1,x,5;deliver,1,2,1`. A teacher can read and edit
 * it. `at` is the number of steps that have been played; without it, all have.
 */
export function encodeScenario({ lesson, naive, played, actions }: Scenario): string {
  return [
    'store',
    ...(lesson === undefined ? [] : [`lesson,${lesson}`]),
    ...(naive ? ['naive'] : []),
    ...(played === actions.length ? [] : [`at,${played}`]),
    ...actions.map(encodeAction),
  ].join(';');
}

/**
 * Reads the fragment of a link.
 *
 * @throws ScenarioError that names the first part that is wrong
 */
export function decodeScenario(fragment: string): Scenario {
  if (fragment.length > MAX_CHARACTERS)
    throw new ScenarioError(`The link is longer than ${MAX_CHARACTERS} characters.`);
  const [tab, ...parts] = fragment.split(';');
  if (tab !== 'store') throw new ScenarioError('The link begins neither with #store nor with #grid.');
  const options = parts.findIndex((part) => !/^(lesson,|naive$|at,)/.test(part));
  const steps = options === -1 ? [] : parts.slice(options);
  if (steps.length > MAX_ACTIONS)
    throw new ScenarioError(`The link has ${steps.length} steps; at most ${MAX_ACTIONS} can be played.`);
  const actions = steps.map((step, index) => decodeAction(step, index + 1));
  return parts
    .slice(0, parts.length - steps.length)
    .reduce(withOption, { ...emptyScenario, played: actions.length, actions });
}

function withOption(scenario: Scenario, option: string): Scenario {
  const [name, value = ''] = option.split(',');
  if (name === 'naive') return { ...scenario, naive: true };
  if (name === 'lesson') {
    if (lessons.some(({ id }) => id === value)) return { ...scenario, lesson: value };
    const names = lessons.map(({ id }) => id).join(', ');
    throw new ScenarioError(`The link names the lesson "${value.slice(0, 20)}"; there are ${names}.`);
  }
  const played = value === '0' ? 0 : readNumber(value);
  if (played === undefined || played > scenario.actions.length)
    throw new ScenarioError(
      `The link begins at step "${value.slice(0, 20)}"; it has the steps 0 to ${scenario.actions.length}.`,
    );
  return { ...scenario, played };
}

function encodeAction(action: Action): string {
  switch (action.kind) {
    case 'all':
      return 'all';
    case 'put':
      return `put,${action.node},${escapeText(action.key)},${escapeText(action.value)}`;
    case 'delete':
      return `delete,${action.node},${escapeText(action.key)}`;
    case 'deliver':
    case 'drop':
    case 'duplicate':
      return `${action.kind},${action.from},${action.to},${action.at}`;
    default:
      return `${action.kind},${action.from},${action.to}`;
  }
}

function decodeAction(step: string, number: number): Action {
  const [kind = '', ...fields] = step.split(',');
  const fail = (problem: string): never => {
    throw new ScenarioError(`Step ${number} of the link, "${step.slice(0, 40)}": ${problem}.`);
  };
  const expectFields = (count: number) => {
    if (fields.length !== count) fail(`${kind} takes ${count} values, not ${fields.length}`);
  };
  const readNode = (text: string | undefined) => {
    const node = readNumber(text);
    return node !== undefined && node <= NODES ? node : fail(`the node has to be 1 to ${NODES}`);
  };
  const readLink = (): Link => {
    const link = { from: readNode(fields[0]), to: readNode(fields[1]) };
    return link.from === link.to ? fail('a link has two different nodes') : link;
  };
  const readText = (text: string | undefined, name: string): string => {
    const decoded = unescapeText(text ?? '') ?? fail(`the ${name} is not percent-encoded text`);
    if (name === 'key' && decoded === '') fail('the key is empty');
    return decoded.length > MAX_TEXT ? fail(`the ${name} has more than ${MAX_TEXT} characters`) : decoded;
  };
  switch (kind) {
    case 'all':
      expectFields(0);
      return { kind };
    case 'put':
      expectFields(3);
      return {
        kind,
        node: readNode(fields[0]),
        key: readText(fields[1], 'key'),
        value: readText(fields[2], 'value'),
      };
    case 'delete':
      expectFields(2);
      return { kind, node: readNode(fields[0]), key: readText(fields[1], 'key') };
    case 'deliver':
    case 'drop':
    case 'duplicate':
      expectFields(3);
      return {
        kind,
        ...readLink(),
        at: readNumber(fields[2]) ?? fail('the place of the message has to be a number from 1'),
      };
    case 'reorder':
    case 'hold':
    case 'release':
    case 'resend':
    case 'cut':
    case 'heal':
      expectFields(2);
      return { kind, ...readLink() };
    default:
      return fail('there is no such step');
  }
}

function readNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,3}$/.test(text) ? Number(text) : undefined;
}

/** Browsers and chat programs leave letters and digits alone; everything else is escaped. */
function escapeText(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\ufffd'));
}

function unescapeText(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
