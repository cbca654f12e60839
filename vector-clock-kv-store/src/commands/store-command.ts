import type { ServiceTls } from '@gridclock/service-kit';
import { Command } from 'commander';
import type { NodeApi } from '../verification/workload/node-api.ts';
import { asCommandError, exitCodes } from './command-error.ts';
import { type ConnectionFlags, openNodeApi, optionsOf, repeatConnection } from './connection.ts';
import { type FoundNodes, findNodes } from './find-node.ts';

/** What commands share: where to print, and how to connect. */
export type CommandWiring = {
  /** Prints one line. */
  print: (line: string) => void;
  /** Undefined for nodes without TLS. */
  tls: ServiceTls | undefined;
};

/** What a running command has. */
export type CommandRun<Options> = {
  args: string[];
  options: Options & ConnectionFlags;
  api: NodeApi;
  nodes: FoundNodes;
  print: (line: string) => void;
  tls: ServiceTls | undefined;
};

/** Creates a command that talks to nodes. Its exit code is what `run` returns; a usage error has that of a failure. */
export function storeCommand<Options>(
  name: string,
  { print, tls }: CommandWiring,
  run: (command: CommandRun<Options>) => Promise<number>,
): Command {
  const command = repeatConnection(new Command(name))
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : exitCodes.failed))
    .action(async () => {
      const options = optionsOf<Options>(command);
      try {
        const api = await openNodeApi(options, tls);
        const nodes = await findNodes(api, options.nodes);
        process.exitCode = await run({ args: command.args, options, api, nodes, print, tls });
      } catch (error) {
        throw asCommandError(error);
      }
    });
  return command;
}
