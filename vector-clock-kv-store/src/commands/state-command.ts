import type { Command } from 'commander';
import { counterOf, missingDependency } from '../causality/vector-clock.ts';
import { formatFault } from '../verification/scenarios/found-faults.ts';
import type { NodeState } from '../verification/workload/node-api.ts';
import { EXIT_CODES_HELP, exitCodes } from './command-error.ts';
import type { RespondingNode } from './find-node.ts';
import { type CommandRun, type CommandWiring, storeCommand } from './store-command.ts';

type StateFlags = { node?: string };

/** A screen holds no more; `--json` prints all. */
const SHOWN_LINES = 30;

/** Creates the command `state`. */
export function stateCommand(wiring: CommandWiring): Command {
  return storeCommand<StateFlags>('state', wiring, showState)
    .description(
      'show what each node has: its clock, its keys, the writes in its buffer and its active faults',
    )
    .option('--node <name>', 'only this node')
    .addHelpText('after', EXIT_CODES_HELP);
}

async function showState({ options, nodes, api, print }: CommandRun<StateFlags>): Promise<number> {
  const first = await nodes.pick(options.node);
  const { responding, silent } =
    options.node === undefined ? await nodes.all() : { responding: [first], silent: [] };
  const states = await Promise.all(responding.map(({ url }) => api.state(url)));
  if (options.json) {
    print(JSON.stringify(states.map((state, index) => ({ ...state, faults: responding[index]?.faults }))));
    return exitCodes.done;
  }
  for (const [index, node] of responding.entries()) {
    const state = states[index];
    if (state !== undefined) for (const line of formatState(node, state)) print(line);
  }
  for (const url of silent) print(`no response from ${url}`);
  return silent.length > 0 ? exitCodes.failed : exitCodes.done;
}

function formatState(node: RespondingNode, { store, vector_clock: clock, buffered }: NodeState): string[] {
  const keys = Object.entries(store).map(([key, value]) => `  ${key} = ${JSON.stringify(value)}`);
  const waiting = buffered.map(({ key, value, sender, vector_clock: vc }) => {
    const missing = missingDependency(clock, sender, vc);
    const reason =
      missing === undefined
        ? ''
        : `: needs ${missing.node}:${missing.counter}, has ${counterOf(clock, missing.node)}`;
    return `  buffered  ${key} = ${JSON.stringify(value)} by ${sender}, clock ${JSON.stringify(vc)}${reason}`;
  });
  return [
    `${node.name}  ${node.status}  clock ${JSON.stringify(clock)}`,
    ...(keys.length === 0 ? ['  no keys'] : shorten(keys)),
    ...shorten(waiting),
    ...node.faults.map((fault) => `  fault  ${formatFault({ ...fault, node })}`),
  ];
}

function shorten(lines: readonly string[]): string[] {
  if (lines.length <= SHOWN_LINES) return [...lines];
  return [...lines.slice(0, SHOWN_LINES), `  … and ${lines.length - SHOWN_LINES} more; --json prints all`];
}
