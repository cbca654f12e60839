import { z } from 'zod';

const refusalSchema = z.object({ error: z.string() });

/** Returns the peer's reason for a refusal, at most a line. */
export function refusalOf(data: unknown): string {
  const { error } = refusalSchema.safeParse(data).data ?? {};
  return `the peer refused${error === undefined ? ' the writes for now' : `: ${error.slice(0, 200)}`}`;
}
