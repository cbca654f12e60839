import {
  exitAfterOutput,
  exitWhenOutputCloses,
  InterruptedError,
  listenForInterruption,
  unlessAborted,
} from '@gridclock/command-line';
import { openToolTls, type ServiceTls } from '@gridclock/service-kit';
import { Argument, Command } from 'commander';
import { CommandError, exitCodes } from './commands/command-error.ts';
import { addConnection, type ConnectionFlags, readToken } from './commands/connection.ts';
import { faultCommands } from './commands/fault-commands.ts';
import { keyCommands } from './commands/key-commands.ts';
import { stateCommand } from './commands/state-command.ts';
import { watchCommand } from './commands/watch-command.ts';
import { checkFile, UnreadableHistoryError } from './verification/history/check-file.ts';
import { judgeCommand } from './verification/judge/judge-command.ts';
import { Cluster } from './verification/scenarios/cluster.ts';
import { handleFoundFaults } from './verification/scenarios/found-faults.ts';
import { scenarios } from './verification/scenarios/index.ts';
import { runScenarios, type ScenarioResult } from './verification/scenarios/run-scenarios.ts';
import { simulateCommand } from './verification/simulation/simulate-command.ts';
import { soakCommand } from './verification/soak/soak-command.ts';
import { recordScenarios } from './verification/space-time/record-scenarios.ts';
import type { OutputFiles } from './verification/space-time/run-recorder.ts';

exitWhenOutputCloses();
const tls = readTls();
const program = addConnection(new Command('client'))
  // Options after a subcommand's name belong to the subcommand, so that both can have --report.
  .enablePositionalOptions()
  .description('Demonstrate the guarantees of a running vector-clock-kv-store, one scenario for each.')
  .addArgument(
    new Argument('[scenario...]', 'scenarios to run (default: all)').choices(
      scenarios.map(({ name }) => name),
    ),
  )
  .option('--report <file>', 'write space-time diagrams as an HTML page; requires nodes with TRACE=1')
  .option('--shiviz <file>', 'write the run as a ShiViz log; requires nodes with TRACE=1')
  .addHelpText(
    'after',
    '\nExit codes: 0 every scenario passed, 1 one failed or could not run, 130 interrupted. See the help of each command for its own.',
  )
  .option('--heal', 'first release the faults that are active on the nodes, whoever injected them', false)
  .action(async (names: string[], options: OutputFiles & ConnectionFlags & { heal: boolean }) => {
    const interrupted = listenForInterruption();
    const { nodes: urls } = options;
    const token = await readToken(options);
    const run = Date.now().toString(36);
    const cluster = await unlessAborted(interrupted, Cluster.connect({ urls, run, token, tls, interrupted }));
    await unlessAborted(
      interrupted,
      handleFoundFaults(cluster, options.heal, options.json ? console.error : console.log),
    );
    const selected = scenarios.filter(({ name }) => names.length === 0 || names.includes(name));
    const recording = await recordScenarios(options, urls, token, cluster.key(''), tls);
    const print = options.json ? () => {} : console.log;
    const results: ScenarioResult[] = [];
    const failed = await runScenarios(selected, cluster, interrupted, print, async (result) => {
      results.push(result);
      await recording?.onResult(result);
    });
    await recording?.write();
    print(`${selected.length - failed.length} passed, ${failed.length} failed`);
    if (options.report !== undefined) print(`The space-time diagrams are ${options.report}`);
    if (options.json) console.log(JSON.stringify(toJson(results)));
    process.exitCode = failed.length === 0 ? 0 : 1;
  });

program
  .command('check')
  .description('check whether a recorded history is causally convergent; see docs/history-format.md')
  .argument('<file>', 'history as JSON')
  .addHelpText('after', '\nExit codes: 0 consistent, 1 inconsistent, 2 the file cannot be read as a history.')
  .option('--json', 'print the verdict as JSON')
  .option('--report <file>', 'write the verdict as an HTML page that draws the violated pattern')
  .action(async (file: string, { report }: { report?: string }, command: Command) => {
    const { json = false } = command.optsWithGlobals<{ json?: boolean }>();
    process.exitCode = (await checkFile(file, console.log, { json, report })) ? 0 : 1;
  });

const wiring = { print: console.log, tls };
for (const command of [
  ...keyCommands(wiring),
  watchCommand(wiring),
  stateCommand(wiring),
  ...faultCommands(wiring),
])
  program.addCommand(command);
program.addCommand(soakCommand()).addCommand(simulateCommand()).addCommand(judgeCommand());

try {
  await program.parseAsync();
} catch (error) {
  console.error(`client: ${error instanceof Error ? error.message : String(error)}`);
  // Background work, such as a request to a node that does not respond, may go on for seconds.
  if (error instanceof InterruptedError) exitAfterOutput(error.exitCode);
  else if (error instanceof CommandError) exitAfterOutput(exitCodes.failed);
  else process.exitCode = error instanceof UnreadableHistoryError ? 2 : 1;
}

function toJson(results: readonly ScenarioResult[]): object[] {
  return results.map(({ scenario: { name, summary: claim, meaning }, ...result }) => ({
    name,
    claim,
    meaning,
    ...result,
  }));
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
