/** The place of a write in a message, and the `traceparent` of the request that made it. */
export type TracedWrite = { index: number; context: string };

/** 32 writes, 2 KB: a header may have 16 KiB. The other writes of a larger message go on without their traces. */
export const MAX_TRACED_WRITES = 32;

const format = /^(\d{1,4})=(00-[\da-f]{32}-[\da-f]{16}-01)$/;

/** Formats the header that carries the traces of a message's writes. */
export function formatMessageTraces(traced: readonly TracedWrite[]): string {
  return traced.map(({ context, index }) => `${index}=${context}`).join(',');
}

/** Parses that header. Ignores what is invalid, because a message is complete without it. */
export function parseMessageTraces(header: string | undefined): TracedWrite[] {
  if (header === undefined) return [];
  return header
    .split(',', MAX_TRACED_WRITES)
    .map((item) => format.exec(item))
    .flatMap((match) => (match?.[2] === undefined ? [] : { index: Number(match[1]), context: match[2] }));
}
