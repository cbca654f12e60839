import { open, writeFile } from 'node:fs/promises';
import { styleText } from 'node:util';
import {
  exitAfterOutput,
  InterruptedError,
  listenForInterruption,
  unlessAborted,
  wholeNumber,
} from '@gridclock/command-line';
import {
  failedProperties,
  formatJudgement,
  formatJunit,
  formatJunitError,
  ProgramStartError,
  toJson,
} from '@gridclock/judge-kit';
import { type Provenance, readProvenance } from '@gridclock/ui-kit/report';
import { Command, InvalidArgumentError, Option } from 'commander';
import { isProperty, type Profile, type Property, profiles, properties } from './properties.ts';
import { UnknownDialect } from './recognise-dialect.ts';
import { detailsOf, explain } from './report/explanation.ts';
import { judgePage, unjudgedPage } from './report/judge-page.tsx';
import { judge, subjectOf } from './run-judge.ts';
import type { Judgement, ProbeResult } from './verdict.ts';

type JudgeFlags = {
  balancer?: string;
  substation?: string;
  entry?: string;
  balancerUrl?: string;
  substationUrls?: string[];
  entryUrl?: string;
  count: number;
  profile: Profile;
  only?: Property[];
  startSeconds: number;
  json?: true;
  junit?: string;
  report?: string;
};

/** The exit code when the programs do not follow the contract far enough to be judged. */
const NOT_JUDGED = 2;

/** The `judge` command: judges any programs that follow the grid's contract. */
export function judgeCommand(): Command {
  return (
    new Command('judge')
      .description("judge any programs that follow the contract's variables and routes, in any language")
      .option('--balancer <command>', 'starts a balancer, such as "python3 balancer.py"')
      .option('--substation <command>', 'starts a substation, such as "python3 substation.py"')
      .option('--entry <command>', 'starts a public entry')
      .option('--count <n>', 'substations of a whole grid', wholeNumber(1, 20), 3)
      .addOption(
        new Option('--balancer-url <url>', 'judge a running balancer, by charges alone')
          .argParser(httpUrl)
          .conflicts('balancer'),
      )
      .addOption(
        new Option('--substation-urls <url,...>', 'judge running substations; they must be idle')
          .argParser((text) => text.split(',').map((url) => httpUrl(url.slice(url.indexOf('=') + 1))))
          .conflicts('substation'),
      )
      .addOption(
        new Option('--entry-url <url>', 'judge a running entry, by charges alone')
          .argParser(httpUrl)
          .conflicts('entry'),
      )
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
      .option('--start-seconds <n>', 'how long a program may take to start', wholeNumber(1, 600), 60)
      .option('--json', 'print the judgement as JSON, and nothing else')
      .option('--junit <file>', 'write it as JUnit XML')
      .option('--report <file>', 'write it as an HTML page, with the run of each failure')
      // A misuse is no verdict: commander's 1 would say that the programs are wrong.
      .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : NOT_JUDGED))
      .addHelpText(
        'after',
        '\nExit codes: 0 right, 1 wrong, 2 cannot be judged: a program does not\nstart or follows the contract in no known dialect, or the command line is invalid; 130 interrupted.',
      )
      .action(judgeAndReport)
  );
}

async function judgeAndReport(flags: JudgeFlags, command: Command): Promise<void> {
  const { json = false, junit, report } = flags;
  if (subjectOf(flags) === '')
    command.error(
      'load_tester: nothing to judge. Give --balancer, --substation, --entry or the URLs of a running grid.',
    );
  // Found out now, not after the judgement.
  for (const file of [junit, report])
    if (file !== undefined) {
      const problem = await open(file, 'a').then((opened) => opened.close(), String);
      if (problem !== undefined) command.error(`load_tester: cannot write the report: ${problem}`);
    }
  const interrupted = listenForInterruption();
  try {
    const judgement = await unlessAborted(
      interrupted,
      judge({ ...flags, startMs: flags.startSeconds * 1_000, onResult: progress(json) }),
    );
    if (json) console.log(JSON.stringify(toJson(judgement, detailsOf)));
    else for (const line of formatJudgement(judgement, explain)) console.log(line);
    await writeReports(judgement, flags);
    process.exitCode = exitCodeOf(judgement);
  } catch (error) {
    if (error instanceof InterruptedError) {
      // Stops all judged programs.
      exitAfterOutput(error.exitCode);
    } else if (error instanceof UnknownDialect || error instanceof ProgramStartError)
      await reportUnjudged(flags, `the grid cannot be judged: ${error.message}`);
    else throw error;
  }
}

/** Reports that there is no verdict, so that a class's results have it too. */
async function reportUnjudged(flags: JudgeFlags, error: string): Promise<void> {
  const subject = subjectOf(flags);
  if (flags.json) console.log(JSON.stringify({ subject, right: false, error }));
  console.error(`load_tester: ${error}`);
  if (flags.junit !== undefined) await writeFile(flags.junit, formatJunitError(subject, error));
  if (flags.report !== undefined)
    await writeFile(flags.report, unjudgedPage(subject, error, await ownProvenance()));
  process.exitCode = NOT_JUDGED;
}

async function writeReports(judgement: Judgement, { junit, report }: JudgeFlags): Promise<void> {
  if (junit !== undefined) await writeFile(junit, formatJunit(judgement));
  if (report !== undefined) await writeFile(report, judgePage(judgement, await ownProvenance()));
}

function ownProvenance(): Promise<Provenance> {
  return readProvenance('load_tester/test.ts', process.argv.slice(2), new Date());
}

function exitCodeOf(judgement: Judgement): number {
  if (failedProperties(judgement).length > 0) return 1;
  return judgement.properties.every(({ outcome }) => outcome === 'not judged') ? NOT_JUDGED : 0;
}

/** Progress, on a terminal only: the judgement that follows has it all. */
function progress(json: boolean): (result: ProbeResult) => void {
  if (json || !process.stderr.isTTY) return () => {};
  return ({ property, summary, outcome }) =>
    console.error(styleText('dim', `  ${outcome}: ${property}, ${summary}`));
}

function addProperty(name: string, earlier: Property[] = []): Property[] {
  if (!isProperty(name))
    throw new InvalidArgumentError(`The properties are ${Object.keys(properties).join(', ')}.`);
  return [...earlier, name];
}

function httpUrl(text: string): string {
  const url = text.trim().replace(/\/+$/, '');
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new InvalidArgumentError('It must have the form http://localhost:8080.');
  return url;
}
