import type { RunCheck } from './check-run.ts';

/** Each thing wrong as one line; none when nothing is. */
export function findingsOf(judgement: RunCheck): string[] {
  const { lost, conviction, sessionViolations, differences, reusedClocks } = judgement;
  return [
    ...lost,
    ...(conviction === undefined
      ? []
      : [`${conviction.pattern}: ${conviction.explanation}`, ...conviction.evidence]),
    ...sessionViolations.map(({ guarantee, explanation }) => `${guarantee}: ${explanation}`),
    ...differences,
    ...reusedClocks,
  ];
}
