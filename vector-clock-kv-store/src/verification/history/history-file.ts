import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { History } from './history.ts';

/** Streams a history to a file, one operation per line. It may exceed the longest string. */
export async function writeHistory(file: string, history: History): Promise<void> {
  await pipeline(Readable.from(jsonChunks(history)), createWriteStream(file));
}

function* jsonChunks({ sessions }: History): Generator<string> {
  yield '{"sessions":[\n';
  for (const [number, { name, operations }] of sessions.entries()) {
    yield `${number === 0 ? '' : ','}{"name":${JSON.stringify(name)},"operations":[\n`;
    for (const [index, operation] of operations.entries())
      yield `${index === 0 ? '' : ','}${JSON.stringify(operation)}\n`;
    yield ']}\n';
  }
  yield ']}\n';
}
