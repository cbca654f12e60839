import type { Judgement, ProbeResult } from '../verdict.ts';

/** Formats a judgement as JUnit XML: a suite per property, a case per probe. */
export function formatJunit(judgement: Judgement): string {
  const suites = judgement.properties.map(({ property, claim, probes }) => {
    const cases = probes.map((probe) => formatCase(property, probe));
    return [
      `  <testsuite name=${quote(`${property}: ${claim}`)} ${counts(probes)}>`,
      ...cases.flat(),
      '  </testsuite>',
    ].join('\n');
  });
  const all = judgement.properties.flatMap(({ probes }) => probes);
  const seconds = (judgement.elapsedMs / 1_000).toFixed(3);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name=${quote(judgement.subject)} ${counts(all)} time="${seconds}">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

/** Formats that a program could not be judged, so that a class's results have it too. */
export function formatJunitError(subject: string, message: string): string {
  const one = 'tests="1" failures="0" errors="1" skipped="0"';
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name=${quote(subject)} ${one}>`,
    `  <testsuite name="start" ${one}>`,
    '    <testcase classname="start" name="starts and follows the contract">',
    `      <error message=${quote(message)}/>`,
    '    </testcase>',
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function formatCase(property: string, { summary, outcome, reason = '', steps }: ProbeResult): string[] {
  const head = `    <testcase classname=${quote(property)} name=${quote(summary)}`;
  if (outcome === 'passed') return [`${head}/>`];
  if (outcome === 'not judged')
    return [`${head}>`, `      <skipped message=${quote(reason)}/>`, '    </testcase>'];
  const lines = steps.map(({ kind, text, result }) =>
    result === undefined ? `${kind}: ${text}` : `${kind}: ${text} ${JSON.stringify(result)}`,
  );
  return [
    `${head}>`,
    `      <failure message=${quote(reason)}>${escapeXml(lines.join('\n'))}</failure>`,
    '    </testcase>',
  ];
}

function counts(probes: readonly ProbeResult[]): string {
  const count = (outcome: ProbeResult['outcome']) =>
    probes.filter((probe) => probe.outcome === outcome).length;
  return `tests="${probes.length}" failures="${count('failed')}" errors="0" skipped="${count('not judged')}"`;
}

function quote(text: string): string {
  return `"${escapeXml(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')}"`;
}

/** Also drops characters that no XML document may contain; a judged node may print anything. */
function escapeXml(text: string): string {
  return [...text]
    .filter((character) => /[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(character))
    .join('')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
