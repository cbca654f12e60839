import { wholeNumber } from '@gridclock/command-line';
import { scanJson } from '@gridclock/service-kit';
import type { Command } from 'commander';
import { CausalClient, type Reading } from '../causal-client.ts';
import type { Value } from '../causality/write.ts';
import { CommandError, EXIT_CODES_HELP, exitCodes } from './command-error.ts';
import { addContext, type ContextFlags, keepContext, readContext } from './session-context.ts';
import { type CommandRun, type CommandWiring, storeCommand } from './store-command.ts';

type KeyFlags = ContextFlags & { node?: string; acks?: number };

/** Creates the commands `put`, `get` and `delete`. */
export function keyCommands(wiring: CommandWiring): Command[] {
  const put = storeCommand<KeyFlags>('put', wiring, async (run) => {
    const [key = '', text = ''] = run.args;
    const value = parseValue(text);
    const { client, node } = await openSession(run);
    const vc = await client.put(key, value, writeOptions(run, node.url));
    return report(run, client, { vc }, [`${key} = ${JSON.stringify(value)} at ${node.name}`]);
  });
  const remove = storeCommand<KeyFlags>('delete', wiring, async (run) => {
    const [key = ''] = run.args;
    const { client, node } = await openSession(run);
    const vc = await client.remove(key, writeOptions(run, node.url));
    return report(run, client, { vc }, [`${key} deleted at ${node.name}`]);
  });
  const get = storeCommand<KeyFlags>('get', wiring, async (run) => {
    const [key = ''] = run.args;
    const { client, node } = await openSession(run);
    const reading = await client.get(key, { node: node.url });
    await report(run, client, reading, formatReading(reading, node.name));
    return reading.value === null ? exitCodes.noValue : exitCodes.done;
  });
  for (const command of [put, remove])
    command
      .argument('<key>')
      .option('--acks <n>', 'wait until this many nodes have stored the write', wholeNumber(1, 1_000));
  put
    .description('write a value')
    .argument('<value>', 'JSON, or else text')
    .addHelpText('after', EXIT_CODES_HELP);
  remove.description('delete a key, which is a write').addHelpText('after', EXIT_CODES_HELP);
  get
    .description('read a key')
    .argument('<key>')
    .addHelpText(
      'after',
      '\nExit codes: 0 the key has a value, 1 it has none, 2 not read (no response, or refused), 130 interrupted.',
    );
  const commands = [put, get, remove];
  for (const command of commands)
    addContext(command.option('--node <name>', 'ask this node (default: the first that serves)'));
  return commands;
}

async function openSession({ options, nodes, tls }: CommandRun<KeyFlags>) {
  const node = await nodes.pick(options.node);
  const context = await readContext(options);
  return { node, client: new CausalClient({ nodes: [node.url], tls, context }) };
}

function writeOptions({ options: { acks } }: CommandRun<KeyFlags>, node: string) {
  return { node, ...(acks === undefined ? {} : { acks }) };
}

/** Prints a result and keeps the session's context. */
async function report(
  { options, print }: CommandRun<KeyFlags>,
  { context }: CausalClient,
  result: object,
  lines: readonly string[],
): Promise<number> {
  await keepContext(options, context);
  if (options.json) print(JSON.stringify(result));
  else for (const line of [...lines, `clock ${JSON.stringify(context)}`]) print(line);
  return exitCodes.done;
}

function formatReading({ key, value, siblings }: Reading, node: string): string[] {
  if (value === null && siblings === undefined) return [`${key} has no value at ${node}`];
  const shown =
    value === null ? `${key} is deleted at ${node}` : `${key} = ${JSON.stringify(value)} at ${node}`;
  if (siblings === undefined) return [shown];
  return [
    `${shown}, the winner of ${siblings.length} concurrent writes:`,
    ...siblings.map(
      (version) =>
        `  ${JSON.stringify(version.value)} by ${version.sender}, clock ${JSON.stringify(version.vc)}`,
    ),
  ];
}

/** @throws CommandError for a number that parsing changes: the node would store another one */
function parseValue(text: string): Value {
  let value: Value;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  const inexact = scanJson(Buffer.from(text)).inexactNumber ?? findInfinite(value);
  if (inexact !== undefined)
    throw new CommandError(
      `double precision cannot keep the number ${inexact}; store it as text, in double quotes`,
    );
  return value;
}

/** JSON has no infinity, so that a number beyond the largest double would become null. */
function findInfinite(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'beyond 1.8e308';
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.values(value)
    .map(findInfinite)
    .find((found) => found !== undefined);
}
