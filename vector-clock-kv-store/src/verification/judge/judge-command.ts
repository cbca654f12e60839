import { open, writeFile } from 'node:fs/promises';
import { styleText } from 'node:util';
import { listenForInterruption, unlessAborted, wholeNumber } from '@gridclock/command-line';
import { Command, Option } from 'commander';
import { ownProvenance } from '../space-time/own-provenance.ts';
import { UnknownDialect } from './dialect/recognise-dialect.ts';
import { type Profile, profiles } from './properties.ts';
import { toJson } from './report/format-json.ts';
import { formatJunit } from './report/format-junit.ts';
import { formatJudgement } from './report/format-text.ts';
import { judgePage } from './report/judge-page.tsx';
import { judge } from './run-judge.ts';
import { failedProperties, type Judgement } from './verdict.ts';

type JudgeFlags = {
  node: string;
  count: number;
  profile: Profile;
  seconds: number;
  seed: number;
  junit?: string;
  report?: string;
};

/** The exit code when a program does not follow the contract far enough to be judged. */
const NOT_JUDGED = 2;

/** The `judge` command: judges any program that follows the store's contract. */
export function judgeCommand(): Command {
  return new Command('judge')
    .description("judge any program that follows the contract's variables and routes, in any language")
    .requiredOption('--node <command>', 'starts one node, such as "python3 node.py"')
    .option('--count <n>', 'nodes of a cluster', wholeNumber(3, 9), 3)
    .addOption(
      new Option('--profile <name>', 'coursework: only what the brief of the course asks for')
        .choices(Object.keys(profiles))
        .default('full'),
    )
    .option('--seconds <n>', 'how long clients use a cluster under faults', wholeNumber(1, 600), 8)
    .option('--seed <n>', 'determines these faults', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--json', 'print the judgement as JSON, and nothing else')
    .option('--junit <file>', 'write it as JUnit XML')
    .option('--report <file>', 'write it as an HTML page, with a space-time diagram of each failure')
    .addHelpText(
      'after',
      '\nExit codes: 0 right, 1 wrong, 2 cannot be judged: it follows the contract in no known dialect, 130 interrupted.',
    )
    .action(async (flags: JudgeFlags, command: Command) => {
      const { json = false } = command.optsWithGlobals<{ json?: boolean }>();
      // Found out now, not after the judgement.
      for (const file of [flags.junit, flags.report])
        if (file !== undefined) await (await open(file, 'a')).close();
      const interrupted = listenForInterruption();
      const judgement = await unlessAborted(interrupted, run(flags, json));
      if (judgement === undefined) {
        process.exitCode = NOT_JUDGED;
        return;
      }
      if (json) console.log(JSON.stringify(toJson(judgement)));
      else for (const line of formatJudgement(judgement)) console.log(line);
      if (flags.junit !== undefined) await writeFile(flags.junit, formatJunit(judgement));
      if (flags.report !== undefined)
        await writeFile(flags.report, judgePage(judgement, await ownProvenance()));
      process.exitCode = failedProperties(judgement).length === 0 ? 0 : 1;
    });
}

async function run({ node, ...options }: JudgeFlags, json: boolean): Promise<Judgement | undefined> {
  // Progress, on a terminal only: the judgement that follows has it all.
  const isShown = !json && process.stderr.isTTY;
  try {
    return await judge({
      ...options,
      command: node,
      onResult: ({ property, outcome }) => {
        if (isShown) console.error(styleText('dim', `  ${property}: ${outcome}`));
      },
    });
  } catch (error) {
    if (!(error instanceof UnknownDialect)) throw error;
    console.error(`client: the program cannot be judged: ${error.message}`);
    return undefined;
  }
}
