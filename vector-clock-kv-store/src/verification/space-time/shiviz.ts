import { describeEvent } from '../../space-time/describe-event.ts';
import { type Recording, sortCausally } from '../../space-time/recording.ts';
import { findInexactness } from './exactness.ts';

/** The regular expression with which ShiViz parses each event, in its own notation. */
const PARSER = '(?<host>\\S*) (?<clock>{.*})\\n(?<event>.*)';

/** Events are missing, so a log would show a false causal order. */
export class InexactRecordingError extends Error {
  override readonly name = 'InexactRecordingError';

  constructor(reason: string) {
    super(`no ShiViz log: ${reason}`);
  }
}

/**
 * Formats a recording as a log file for ShiViz (bestchai.bitbucket.io/shiviz).
 * The first line is the parser, the second is empty because there is one execution, and each event takes two lines.
 *
 * @throws InexactRecordingError when the clocks are not exact
 */
export function formatShivizLog(recording: Recording): string {
  const [gap] = recording.gaps;
  if (gap !== undefined)
    throw new InexactRecordingError(`events ${gap.from} to ${gap.to} of ${gap.host} are lost`);
  const inexactness = findInexactness(recording.events);
  if (inexactness !== undefined) throw new InexactRecordingError(inexactness);
  const lines = sortCausally(recording.events).flatMap((event) => [
    `${event.host} ${JSON.stringify(event.clock)}`,
    describeEvent(event),
  ]);
  return `${[PARSER, '', ...lines].join('\n')}\n`;
}
