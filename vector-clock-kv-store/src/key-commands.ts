import type { ServiceTls } from '@gridclock/service-kit';
import { Command } from 'commander';
import { CausalClient } from './causal-client.ts';
import type { Value } from './causality/write.ts';

type Connection = { nodes: string[] };

/**
 * Creates the commands `put` and `get`, which write and read one key and print the result as JSON.
 *
 * @param tls undefined for nodes without TLS
 */
export function keyCommands(print: (line: string) => void, tls: ServiceTls | undefined): Command[] {
  const clientOf = (command: Command) => new CausalClient({ ...command.optsWithGlobals<Connection>(), tls });
  const put = new Command('put')
    .description('writes a value at the first node that answers, and prints the clock of the write')
    .argument('<key>')
    .argument('<value>', 'JSON, or else text')
    .action(async (key: string, value: string, _options: unknown, command: Command) => {
      print(JSON.stringify({ vc: await clientOf(command).put(key, parseValue(value)) }));
    });
  const get = new Command('get')
    .description('reads a key at the first node that answers; siblings are concurrent values')
    .argument('<key>')
    .action(async (key: string, _options: unknown, command: Command) => {
      print(JSON.stringify(await clientOf(command).get(key)));
    });
  return [put, get];
}

function parseValue(text: string): Value {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
