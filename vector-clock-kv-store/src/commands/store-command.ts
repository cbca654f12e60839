import { exitAfterOutput } from '@gridclock/command-line';
import type { ServiceTls } from '@gridclock/service-kit';
import { Command } from 'commander';
import type { NodeApi } from '../verification/workload/node-api.ts';
import { asCommandError, exitCodes } from './command-error.ts';
import { type ConnectionFlags, openNodeApi, optionsOf, repeatConnection } from './connection.ts';
import { NodeFinder } from './find-node.ts';

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
  nodes: NodeFinder;
  print: (line: string) => void;
  tls: ServiceTls | undefined;
};

/** 3 s: a node that is silent for longer is paused or overloaded. */
const DISCOVERY_TIMEOUT_MS = 3_000;

/** 10 s: a person waits rather than reading about an overloaded node. */
const REQUEST_TIMEOUT_MS = 10_000;

/** Creates a command that talks to nodes. Its exit code is what `run` returns; a usage error has that of a failure. */
export function storeCommand<Options>(
  name: string,
  { print, tls }: CommandWiring,
  run: (command: CommandRun<Options>) => Promise<number>,
): Command {
  const command = repeatConnection(new Command(name))
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : exitCodes.failed))
    .action(async () => {
      // The reader of stdout is gone, as after `client.ts state | head`.
      process.stdout.once('error', () => process.exit(exitCodes.failed));
      const options = optionsOf<Options>(command);
      try {
        const api = await openNodeApi(options, tls, REQUEST_TIMEOUT_MS);
        const nodes = new NodeFinder(await openNodeApi(options, tls, DISCOVERY_TIMEOUT_MS), options.nodes);
        // A node that does not respond, and that the command does not need, must not delay its end.
        exitAfterOutput(await run({ args: command.args, options, api, nodes, print, tls }));
      } catch (error) {
        throw asCommandError(error);
      }
    });
  return command;
}
