import { describe } from './describe.ts';
import { findInexactness } from './exactness.ts';
import { inOrder, type Recording } from './recording.ts';

/** How ShiViz is to read an event, in the notation of its parser field. */
const PARSER = '(?<host>\\S*) (?<clock>{.*})\\n(?<event>.*)';

/** Events are missing, so that a log would show causes and effects that were not so. */
export class InexactRecordingError extends Error {
  override readonly name = 'InexactRecordingError';
}

/**
 * A log that ShiViz accepts as a file (bestchai.bitbucket.io/shiviz): the first line says how to read it, the
 * second, empty, that it is one execution; then each event in two lines.
 *
 * @throws InexactRecordingError rather than returning a log whose clocks do not fit its events
 */
export function shivizLog(recording: Recording): string {
  const [gap] = recording.gaps;
  if (gap !== undefined)
    throw new InexactRecordingError(
      `no log for ShiViz: events ${gap.from} to ${gap.to} of ${gap.host} are lost`,
    );
  const wrong = findInexactness(recording.events);
  if (wrong !== undefined) throw new InexactRecordingError(`no log for ShiViz: ${wrong}`);
  const lines = inOrder(recording.events).flatMap((event) => [
    `${event.host} ${JSON.stringify(event.clock)}`,
    describe(event),
  ]);
  return `${[PARSER, '', ...lines].join('\n')}\n`;
}
