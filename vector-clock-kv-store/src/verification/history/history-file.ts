import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { History } from './history.ts';

/** Writes a history as `client.ts check` reads it, one operation a line: it may be larger than one text can be. */
export async function writeHistory(file: string, history: History): Promise<void> {
  await pipeline(Readable.from(partsOf(history)), createWriteStream(file));
}

function* partsOf({ sessions }: History): Generator<string> {
  yield '{"sessions":[\n';
  for (const [number, { name, operations }] of sessions.entries()) {
    yield `${number === 0 ? '' : ','}{"name":${JSON.stringify(name)},"operations":[\n`;
    for (const [index, operation] of operations.entries())
      yield `${index === 0 ? '' : ','}${JSON.stringify(operation)}\n`;
    yield ']}\n';
  }
  yield ']}\n';
}
