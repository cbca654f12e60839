import type { Readable } from 'node:stream';

/** 64 MiB: a batch of a program that sends all it has at once; one that sends endlessly must not fill this process. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Reads what a judged program sends. @throws if it is too much, which also breaks the connection */
export async function readBody(message: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of message) {
    parts.push(part);
    bytes += part.length;
    if (bytes > MAX_BYTES) throw new Error(`a message has more than ${MAX_BYTES} bytes`);
  }
  return Buffer.concat(parts);
}
