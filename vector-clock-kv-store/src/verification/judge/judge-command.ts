import { open, writeFile } from 'node:fs/promises';
import { styleText } from 'node:util';
import { listenForInterruption, unlessAborted, wholeNumber } from '@gridclock/command-line';
import {
  failedProperties,
  formatJudgement,
  formatJunit,
  formatJunitError,
  toJson,
} from '@gridclock/judge-kit';
import { Command, InvalidArgumentError, Option } from 'commander';
import { ownProvenance } from '../space-time/own-provenance.ts';
import { UnknownDialect } from './dialect/recognise-dialect.ts';
import { isProperty, type Profile, type Property, profiles, properties } from './properties.ts';
import { detailsOf, explain } from './report/explanation.ts';
import { judgePage } from './report/judge-page.tsx';
import { judge } from './run-judge.ts';
import { judgeRunning } from './running/judge-running.ts';
import type { Judgement, ProbeResult } from './verdict.ts';

type JudgeFlags = {
  node?: string;
  count: number;
  profile: Profile;
  only?: Property[];
  seconds: number;
  seed: number;
  startSeconds: number;
  junit?: string;
  report?: string;
};

/** The program's own options, which may come before the command. */
type ProgramFlags = { json?: boolean; nodes: string[] };

/** The exit code when a program does not follow the contract far enough to be judged. */
const NOT_JUDGED = 2;

/** The `judge` command: judges any program that follows the store's contract. */
export function judgeCommand(): Command {
  return new Command('judge')
    .description(
      "judge any program that follows the contract's variables and routes, in any language; without --node, judge the running cluster of --nodes",
    )
    .option('--node <command>', 'starts one node, such as "python3 node.py"')
    .option('--count <n>', 'nodes of a cluster', wholeNumber(3, 9), 3)
    .addOption(
      new Option('--profile <name>', 'coursework: only what the brief of the course asks for')
        .choices(Object.keys(profiles))
        .default('full'),
    )
    .option(
      '--only <property>',
      `judge only this property; repeat it for more. One of: ${Object.keys(properties).join(', ')}`,
      addProperty,
    )
    .option('--seconds <n>', 'how long clients use a cluster under faults', wholeNumber(1, 600), 8)
    .option('--seed <n>', 'determines these faults', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--start-seconds <n>', 'how long a node may take to start', wholeNumber(1, 600), 60)
    .option('--json', 'print the judgement as JSON, and nothing else')
    .option('--junit <file>', 'write it as JUnit XML')
    .option('--report <file>', 'write it as an HTML page, with a space-time diagram of each failure')
    .addHelpText(
      'after',
      '\nExit codes: 0 right, 1 wrong, 2 cannot be judged: it does not start or follows the contract in no known dialect, 130 interrupted.\nSee docs/judge.md.',
    )
    .action(async (flags: JudgeFlags, command: Command) => {
      const { json = false, nodes } = command.optsWithGlobals<ProgramFlags>();
      // Found out now, not after the judgement.
      for (const file of [flags.junit, flags.report])
        if (file !== undefined) await (await open(file, 'a')).close();
      const interrupted = listenForInterruption();
      const judgement = await unlessAborted(interrupted, run(flags, nodes, json));
      if (judgement instanceof UnknownDialect) {
        const [subject, what] =
          flags.node === undefined ? [nodes.join(', '), 'the cluster'] : [flags.node, 'the program'];
        const message = `${what} cannot be judged: ${judgement.message}`;
        if (json) console.log(JSON.stringify({ subject, right: false, error: message }));
        console.error(`client: ${message}`);
        if (flags.junit !== undefined) await writeFile(flags.junit, formatJunitError(subject, message));
        process.exitCode = NOT_JUDGED;
        return;
      }
      if (json) console.log(JSON.stringify(toJson(judgement, detailsOf)));
      else for (const line of formatJudgement(judgement, explain)) console.log(line);
      if (flags.junit !== undefined) await writeFile(flags.junit, formatJunit(judgement));
      if (flags.report !== undefined)
        await writeFile(flags.report, judgePage(judgement, await ownProvenance()));
      process.exitCode = failedProperties(judgement).length === 0 ? 0 : 1;
    });
}

async function run(
  { node, startSeconds, ...flags }: JudgeFlags,
  urls: readonly string[],
  json: boolean,
): Promise<Judgement | UnknownDialect> {
  // Progress, on a terminal only: the judgement that follows has it all.
  const isShown = !json && process.stderr.isTTY;
  const onResult = ({ property, outcome }: ProbeResult) => {
    if (isShown) console.error(styleText('dim', `  ${property}: ${outcome}`));
  };
  try {
    return node === undefined
      ? await judgeRunning({ ...flags, urls, keyPrefix: `judge ${Date.now().toString(36)} `, onResult })
      : await judge({ ...flags, command: node, startMs: startSeconds * 1_000, onResult });
  } catch (error) {
    if (error instanceof UnknownDialect) return error;
    throw error;
  }
}

function addProperty(name: string, earlier: Property[] = []): Property[] {
  if (!isProperty(name))
    throw new InvalidArgumentError(`The properties are ${Object.keys(properties).join(', ')}.`);
  return [...earlier, name];
}
