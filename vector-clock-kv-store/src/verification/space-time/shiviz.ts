import { describeEvent } from '../../space-time/describe-event.ts';
import { type Recording, sortCausally } from '../../space-time/recording.ts';
import { findInexactness } from './exactness.ts';

/** The regular expression with which ShiViz parses each event, in its own notation. */
const PARSER = '(?<host>\\S*) (?<clock>{.*})\\n(?<event>.*)';

/**
 * Separates executions in ShiViz, which shows the text between as the name of the one that follows. Here it says what
 * the clocks are: readers of a key-value store would take them for the vector clocks of its writes.
 */
const DELIMITER = '^=== (?<trace>.*) ===$';
const NAME = '=== event clocks: they count events, not writes ===';

/** Events are missing, so a log would show a false causal order. */
export class InexactRecordingError extends Error {
  override readonly name = 'InexactRecordingError';

  constructor(reason: string) {
    super(`no ShiViz log: ${reason}`);
  }
}

/**
 * Formats a recording as a log file for ShiViz (bestchai.bitbucket.io/shiviz).
 * The first line is the parser, the second the delimiter, the third the name of the execution; each event takes two.
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
  return `${[PARSER, DELIMITER, NAME, ...lines].join('\n')}\n`;
}
