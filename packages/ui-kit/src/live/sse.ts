/** One server-sent event. */
export type ServerEvent = { event: string; data: string };

/**
 * Splits a stream of server-sent events into events, whatever pieces it arrives in. Comments are dropped.
 *
 * @returns a function that takes the next piece and returns the events that it completes
 */
export function eventSplitter(): (piece: string) => ServerEvent[] {
  let rest = '';
  return (piece) => {
    const blocks = (rest + piece).split('\n\n');
    rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => {
      const fields = new Map(
        block.split('\n').map((line) => {
          const at = line.indexOf(': ');
          return [line.slice(0, at), line.slice(at + 2)] as const;
        }),
      );
      const [event, data] = [fields.get('event'), fields.get('data')];
      return event === undefined || data === undefined ? [] : [{ event, data }];
    });
  };
}
