import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { checkFile, UnreadableHistoryError } from './verification/history/check-file.ts';
import { Cluster } from './verification/scenarios/cluster.ts';
import { scenarios } from './verification/scenarios/index.ts';
import { runScenarios } from './verification/scenarios/run-scenarios.ts';
import { simulateCommand } from './verification/simulation/simulate-command.ts';
import { soakCommand } from './verification/soak/soak-command.ts';
import { type RecordFiles, recordScenarios } from './verification/space-time/record-scenarios.ts';

/** Where `npm start` and Compose put the three nodes. */
const LOCAL_NODES = 'http://localhost:5001,http://localhost:5002,http://localhost:5003';

const program = new Command('client')
  // A command's own --report is not taken for that of the scenarios.
  .enablePositionalOptions()
  .description('Proves the promises of a running vector-clock-kv-store, one scenario each.')
  .addArgument(
    new Argument('[scenario...]', 'which to run; all when none is named').choices(
      scenarios.map(({ name }) => name),
    ),
  )
  .addOption(
    new Option('--nodes <urls>', 'the nodes, separated by commas')
      .argParser(nodeUrls)
      .default(nodeUrls(LOCAL_NODES), LOCAL_NODES),
  )
  // Not as the option's default: --help would show it.
  .addOption(new Option('--token <token>', 'the cluster token, when the nodes have one').env('CLUSTER_TOKEN'))
  .option(
    '--report <file>',
    'writes space-time diagrams of the run as an HTML page; needs nodes with TRACE=1',
  )
  .option('--shiviz <file>', 'writes the run as a log for ShiViz; needs nodes with TRACE=1')
  .action(async (names: string[], options: RecordFiles & { nodes: string[]; token?: string }) => {
    const { nodes: urls, token } = options;
    const cluster = await Cluster.reach(urls, Date.now().toString(36), token);
    const chosen = scenarios.filter(({ name }) => names.length === 0 || names.includes(name));
    const recorded = await recordScenarios(options, urls, token, cluster.key(''));
    const failed = await runScenarios(chosen, cluster, console.log, recorded?.onOutcome);
    await recorded?.write();
    console.log(`${chosen.length - failed.length} passed, ${failed.length} failed`);
    process.exitCode = failed.length === 0 ? 0 : 1;
  });

program
  .command('check')
  .description('judges whether the history in a file is causally convergent; see docs/history-format.md')
  .argument('<file>', 'a history as JSON')
  .addHelpText(
    'after',
    '\nExits with 0 when it is, with 1 when it is not, with 2 when the file is not a history.',
  )
  .action(async (file: string) => {
    const consistent = await checkFile(file, console.log);
    process.exitCode = consistent ? 0 : 1;
  });

program.addCommand(soakCommand()).addCommand(simulateCommand());

try {
  await program.parseAsync();
} catch (error) {
  console.error(`client: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = error instanceof UnreadableHistoryError ? 2 : 1;
}

function nodeUrls(text: string): string[] {
  const urls = text
    .split(',')
    .map((url) => url.trim())
    .filter((url) => url !== '');
  for (const url of urls)
    if (!/^https?:\/\//.test(url) || !URL.canParse(url))
      throw new InvalidArgumentError(`"${url}" is no http:// or https:// URL.`);
  return urls;
}
