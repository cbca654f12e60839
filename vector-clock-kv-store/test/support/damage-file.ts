import { open } from 'node:fs/promises';
import type { SeededRandom } from '@gridclock/simulation-kit';

/** Bytes that hold all of a meta page. */
const META_BYTES = 192;

const PAGE_BYTES = 4_096;

export const damageKinds = [
  'truncated',
  'overwritten head',
  'overwritten middle',
  'zeroed page',
  'flipped bit',
  'flipped meta bit',
] as const;

/** Damages a file in one way, at a random place. Returns a description. */
export async function damageFile(
  path: string,
  kind: (typeof damageKinds)[number],
  random: SeededRandom,
): Promise<string> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    const noise = (length: number) => Buffer.from(Array.from({ length }, () => random.integer(0, 255)));
    const overwrite = async (bytes: Buffer, position: number) => {
      const length = Math.min(bytes.length, size - position);
      await file.write(bytes, 0, length, position);
      return `${kind}: ${length} bytes at ${position}`;
    };
    const flip = async (position: number) => {
      const { buffer } = await file.read(Buffer.alloc(1), 0, 1, position);
      const bit = random.integer(0, 7);
      await file.write(Buffer.of(buffer.readUInt8(0) ^ (1 << bit)), 0, 1, position);
      return `${kind}: bit ${bit} of byte ${position}`;
    };
    switch (kind) {
      case 'truncated': {
        const length = random.integer(1, size - 1);
        await file.truncate(length);
        return `${kind} to ${length} bytes`;
      }
      case 'overwritten head':
        return await overwrite(noise(random.integer(1, 300)), random.integer(0, 300));
      case 'overwritten middle':
        return await overwrite(noise(random.integer(1, 3_000)), random.integer(0, size - 1));
      case 'zeroed page':
        return await overwrite(
          Buffer.alloc(PAGE_BYTES),
          random.integer(2, size / PAGE_BYTES - 1) * PAGE_BYTES,
        );
      case 'flipped bit':
        return await flip(random.integer(0, size - 1));
      case 'flipped meta bit':
        return await flip(random.integer(0, 1) * PAGE_BYTES + random.integer(0, META_BYTES));
    }
  } finally {
    await file.close();
  }
}
