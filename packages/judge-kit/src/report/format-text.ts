import { styleText } from 'node:util';
import { failedProperties, type Judgement, type ProbeResult, type PropertyVerdict } from '../verdict.ts';

const styles = { passed: 'green', failed: 'red', 'not judged': 'yellow' } as const;
const words = { passed: 'PASS', failed: 'FAIL', 'not judged': 'SKIP' } as const;

/**
 * Formats a judgement for a terminal: a line per property, and for each failure the run that shows it.
 *
 * @param explain returns lines that go below the run of a failure
 */
export function formatJudgement<Result extends ProbeResult>(
  judgement: Judgement<Result>,
  explain: (failure: Result) => readonly string[],
): string[] {
  const failed = failedProperties(judgement);
  const unjudged = judgement.properties.filter(({ outcome }) => outcome === 'not judged').length;
  const passed = judgement.properties.length - failed.length - unjudged;
  return [
    ...judgement.properties.flatMap((verdict) => formatProperty(verdict, explain)),
    '',
    ...(judgement.dialect.length === 0 ? [] : [`dialect: ${judgement.dialect.join('; ')}`]),
    `${failed.length === 0 ? styleText('green', 'RIGHT') : styleText('red', 'WRONG')}  ${passed} passed, ${failed.length} failed, ${unjudged} not judged, in ${(judgement.elapsedMs / 1_000).toFixed(0)} s (profile ${judgement.profile})`,
  ];
}

function formatProperty<Result extends ProbeResult>(
  { property, claim, outcome, probes }: PropertyVerdict<Result>,
  explain: (failure: Result) => readonly string[],
): string[] {
  const reasons = probes.filter((probe) => probe.outcome === 'not judged').map(({ reason }) => reason);
  const notes = new Set([...reasons, ...probes.flatMap((probe) => probe.notes)]);
  return [
    `${styleText(styles[outcome], words[outcome])}  ${styleText('bold', property.padEnd(18))} ${claim}`,
    ...[...notes].map((note) => `      note: ${note}`),
    ...probes
      .filter((probe) => probe.outcome === 'failed')
      .flatMap((failure) => [...formatFailure(failure), ...explain(failure).map((line) => `      ${line}`)]),
  ];
}

function formatFailure({ summary, steps, reason }: ProbeResult): string[] {
  const marks = {
    action: styleText('dim', '·'),
    passed: styleText('green', '✓'),
    failed: styleText('red', '✗'),
  };
  return [
    `      run: ${summary}`,
    ...steps.map(({ kind, text, result }) => {
      const shown = typeof result === 'string' && !/\p{Cc}/u.test(result) ? result : JSON.stringify(result);
      return `        ${marks[kind]} ${printable(text)}${shown === undefined ? '' : `  ${kind === 'failed' ? 'but got' : '→'} ${shown}`}`;
    }),
    ...(steps.at(-1)?.kind === 'failed' ? [] : [`        ${marks.failed} ${printable(reason)}`]),
  ];
}

/** Without the control characters of what a program printed, which would act on the terminal. */
function printable(text = ''): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, '');
}
