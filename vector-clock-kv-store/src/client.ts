import { readFile } from 'node:fs/promises';
import {
  exitAfterOutput,
  InterruptedError,
  listenForInterruption,
  unlessAborted,
} from '@gridclock/command-line';
import { openToolTls, type ServiceTls } from '@gridclock/service-kit';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { keyCommands } from './key-commands.ts';
import { checkFile, UnreadableHistoryError } from './verification/history/check-file.ts';
import { Cluster } from './verification/scenarios/cluster.ts';
import { handleFoundFaults } from './verification/scenarios/found-faults.ts';
import { scenarios } from './verification/scenarios/index.ts';
import { runScenarios } from './verification/scenarios/run-scenarios.ts';
import { simulateCommand } from './verification/simulation/simulate-command.ts';
import { soakCommand } from './verification/soak/soak-command.ts';
import { recordScenarios } from './verification/space-time/record-scenarios.ts';
import type { OutputFiles } from './verification/space-time/run-recorder.ts';

/** The nodes that `npm start` and Compose publish. */
const LOCAL_NODES = 'http://localhost:5001,http://localhost:5002,http://localhost:5003';

type ConnectionOptions = { nodes: string[]; token?: string; tokenFile?: string };

const tls = readTls();
const program = new Command('client')
  // Options after a subcommand's name belong to the subcommand, so that both can have --report.
  .enablePositionalOptions()
  .description('Demonstrate the guarantees of a running vector-clock-kv-store, one scenario for each.')
  .addArgument(
    new Argument('[scenario...]', 'scenarios to run (default: all)').choices(
      scenarios.map(({ name }) => name),
    ),
  )
  .addOption(
    new Option('--nodes <urls>', 'comma-separated URLs of the nodes')
      .env('STORE_NODES')
      .argParser(nodeUrls)
      .default(nodeUrls(LOCAL_NODES), LOCAL_NODES),
  )
  // From the environment, but not as a default value, because --help would print the token.
  .addOption(new Option('--token <token>', 'cluster token, if the nodes have one').env('CLUSTER_TOKEN'))
  .addOption(new Option('--token-file <file>', 'file that holds the cluster token').env('CLUSTER_TOKEN_FILE'))
  .option('--report <file>', 'write space-time diagrams as an HTML page; requires nodes with TRACE=1')
  .option('--shiviz <file>', 'write the run as a ShiViz log; requires nodes with TRACE=1')
  .option('--heal', 'first release the faults that are active on the nodes, whoever injected them', false)
  .action(async (names: string[], options: OutputFiles & ConnectionOptions & { heal: boolean }) => {
    const interrupted = listenForInterruption();
    const { nodes: urls } = options;
    const token = await readToken(options);
    const run = Date.now().toString(36);
    const cluster = await unlessAborted(interrupted, Cluster.connect({ urls, run, token, tls, interrupted }));
    await unlessAborted(interrupted, handleFoundFaults(cluster, options.heal, console.log));
    const selected = scenarios.filter(({ name }) => names.length === 0 || names.includes(name));
    const recording = await recordScenarios(options, urls, token, cluster.key(''), tls);
    const failed = await runScenarios(selected, cluster, interrupted, console.log, recording?.onResult);
    await recording?.write();
    console.log(`${selected.length - failed.length} passed, ${failed.length} failed`);
    process.exitCode = failed.length === 0 ? 0 : 1;
  });

program
  .command('check')
  .description('check whether a recorded history is causally convergent; see docs/history-format.md')
  .argument('<file>', 'history as JSON')
  .addHelpText('after', '\nExit codes: 0 consistent, 1 inconsistent, 2 the file cannot be read as a history.')
  .action(async (file: string) => {
    process.exitCode = (await checkFile(file, console.log)) ? 0 : 1;
  });

for (const command of keyCommands(console.log, tls)) program.addCommand(command);
program.addCommand(soakCommand()).addCommand(simulateCommand());

try {
  await program.parseAsync();
} catch (error) {
  console.error(`client: ${error instanceof Error ? error.message : String(error)}`);
  // Background work, such as a request to a node that does not respond, may go on for seconds.
  if (error instanceof InterruptedError) exitAfterOutput(error.exitCode);
  process.exitCode = error instanceof UnreadableHistoryError ? 2 : 1;
}

/** Certificates for nodes with TLS, from the environment. */
function readTls(): ServiceTls | undefined {
  try {
    return openToolTls(process.env);
  } catch (error) {
    console.error(`client: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}

/** Compose passes an empty variable where there is no token. Of two tokens in a file, the first is sent. */
async function readToken({ token, tokenFile }: ConnectionOptions): Promise<string | undefined> {
  if (token) return token;
  return tokenFile === undefined ? undefined : (await readFile(tokenFile, 'utf8')).trim().split('\n', 1)[0];
}

function nodeUrls(text: string): string[] {
  const urls = text
    .split(',')
    .map((url) => url.trim())
    .filter((url) => url !== '');
  if (urls.length === 0) throw new InvalidArgumentError('Name at least one URL.');
  for (const url of urls)
    if (!/^https?:\/\//.test(url) || !URL.canParse(url))
      throw new InvalidArgumentError(`"${url}" is not an http:// or https:// URL.`);
  return urls;
}
