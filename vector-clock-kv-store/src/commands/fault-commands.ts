import { wholeNumber } from '@gridclock/command-line';
import type { Command } from 'commander';
import type { FoundFault } from '../verification/scenarios/cluster-member.ts';
import { sendFault } from '../verification/scenarios/held-links.ts';
import type { FaultRequest } from '../verification/workload/node-api.ts';
import { EXIT_CODES_HELP, exitCodes } from './command-error.ts';
import { NodeFinder, type RespondingNode } from './find-node.ts';
import { type CommandRun, type CommandWiring, storeCommand } from './store-command.ts';

/** In place of a sender: every node. */
const ANY = 'any';

type HoldFlags = { seconds: number; origin?: string };

/** Creates the commands `hold`, `release` and `heal`. */
export function faultCommands(wiring: CommandWiring): Command[] {
  const hold = storeCommand<HoldFlags>('hold', wiring, async (run) => {
    const { seconds, origin } = run.options;
    const writes = origin === undefined ? 'every write' : `every write of ${origin}`;
    return onLinks(
      run,
      { action: 'hold', duration_ms: seconds * 1_000, ...(origin === undefined ? {} : { origin }) },
      `holds ${writes} for ${seconds} s, or until it is released`,
    );
  });
  const release = storeCommand<object>('release', wiring, (run) =>
    onLinks(run, { action: 'release' }, 'released'),
  );
  const heal = storeCommand<object>('heal', wiring, healAll);
  hold
    .description('hold the writes that one node sends to another; needs nodes with FAULTS=1')
    .option('--seconds <n>', 'how long at most', wholeNumber(1, 3_600), 60)
    .option('--origin <name>', 'hold only the writes of this node, also those that others pass on');
  release.description('release the link from one node to another');
  heal.description('release every link of every node');
  for (const command of [hold, release])
    command.argument('<from>', 'a node, or "any": others pass on what one link holds').argument('<to>');
  const commands = [hold, release, heal];
  for (const command of commands) command.addHelpText('after', EXIT_CODES_HELP);
  return commands;
}

/** Sends a fault to the node that the first argument names, or to all but the one that the second names. */
async function onLinks(
  run: CommandRun<object>,
  fault: Omit<FaultRequest, 'peer'>,
  result: string,
): Promise<number> {
  const { args, options, api, nodes, print } = run;
  const [from = '', peer = ''] = args;
  const first = await nodes.pick(from === ANY ? undefined : from);
  const { responding, silent } = from === ANY ? await nodes.all() : { responding: [first], silent: [] };
  const senders = responding.filter(({ name }) => name !== peer || name === from);
  for (const node of senders) {
    await sendFault(api, node, { peer, ...fault });
    if (!options.json) print(`${node.name} → ${peer}  ${result}`);
  }
  if (!options.json) for (const url of silent) print(`no response from ${url}`);
  if (options.json)
    print(JSON.stringify({ faults: faultsOf(await new NodeFinder(api, options.nodes).all()).map(toJson) }));
  return exitCodes.done;
}

async function healAll(run: CommandRun<object>): Promise<number> {
  const { api, nodes, print, options } = run;
  await nodes.pick();
  const { responding, silent } = await nodes.all();
  const faults = faultsOf({ responding });
  const results = await Promise.allSettled(
    faults.map(({ node, peer }) => sendFault(api, node, { peer, action: 'release' })),
  );
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  if (options.json) print(JSON.stringify({ released: faults.map(toJson), no_response: silent }));
  else {
    for (const fault of faults) print(`released  ${fault.node.name} → ${fault.peer}: ${fault.action}`);
    if (faults.length === 0) print('no active fault');
    for (const url of silent) print(`no response from ${url}; each fault ends by itself within its time`);
  }
  return silent.length === 0 ? exitCodes.done : exitCodes.failed;
}

function faultsOf({ responding }: { responding: readonly RespondingNode[] }): FoundFault[] {
  return responding.flatMap((node) => node.faults.map((fault) => ({ ...fault, node })));
}

function toJson({ node, ...fault }: FoundFault): object {
  return { from: node.name, ...fault };
}
