import { readFile } from 'node:fs/promises';
import type { ServiceTls } from '@gridclock/service-kit';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { NodeApi } from '../verification/workload/node-api.ts';

/** The nodes that `npm start` and Compose publish. */
const LOCAL_NODES = 'http://localhost:5001,http://localhost:5002,http://localhost:5003';

/** How to reach the nodes, from the command line. */
export type ConnectionFlags = { nodes: string[]; token?: string; tokenFile?: string; json?: boolean };

/** Adds the connection's options to the program, with their defaults. */
export function addConnection(program: Command): Command {
  return (
    program
      .addOption(nodesOption().env('STORE_NODES').default(nodeUrls(LOCAL_NODES), LOCAL_NODES))
      // From the environment, but not as a default value, because --help would print the token.
      .addOption(tokenOption().env('CLUSTER_TOKEN'))
      .addOption(tokenFileOption().env('CLUSTER_TOKEN_FILE'))
      .addOption(jsonOption())
  );
}

/** Adds them to a subcommand, so that they may come before or after its name. */
export function repeatConnection(command: Command): Command {
  return command
    .addOption(nodesOption())
    .addOption(tokenOption())
    .addOption(tokenFileOption())
    .addOption(jsonOption());
}

/** Returns the options of a subcommand, and those of the program that it does not repeat. */
export function optionsOf<Options>(command: Command): Options & ConnectionFlags {
  return { ...command.parent?.opts(), ...command.opts() } as Options & ConnectionFlags;
}

/** Creates the operator's view of the nodes. */
export async function openNodeApi(
  flags: ConnectionFlags,
  tls: ServiceTls | undefined,
  timeoutMs: number,
): Promise<NodeApi> {
  return new NodeApi({ token: await readToken(flags), tls, timeoutMs });
}

/** Compose passes an empty variable where there is no token. Of two tokens in a file, the first is sent. */
export async function readToken({ token, tokenFile }: ConnectionFlags): Promise<string | undefined> {
  if (token) return token;
  return tokenFile === undefined ? undefined : (await readFile(tokenFile, 'utf8')).trim().split('\n', 1)[0];
}

const nodesOption = () =>
  new Option('--nodes <urls>', 'comma-separated URLs of the nodes').argParser(nodeUrls);
const tokenOption = () => new Option('--token <token>', 'cluster token, if the nodes have one');
const tokenFileOption = () => new Option('--token-file <file>', 'file that holds the cluster token');
const jsonOption = () => new Option('--json', 'print JSON, and nothing else');

function nodeUrls(text: string): string[] {
  const urls = text
    .split(',')
    .map((url) => url.trim().replace(/\/+$/, ''))
    .filter((url) => url !== '');
  if (urls.length === 0) throw new InvalidArgumentError('Name at least one URL.');
  for (const url of urls)
    if (!/^https?:\/\//.test(url) || !URL.canParse(url))
      throw new InvalidArgumentError(`"${url}" is not an http:// or https:// URL.`);
  return urls;
}
