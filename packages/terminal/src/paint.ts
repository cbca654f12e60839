import { styleText } from 'node:util';

/** Colours a piece of text, or leaves it as it is. */
export type Paint = (style: 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan', text: string) => string;

/** For files, pipes and tests. */
export const plain: Paint = (_style, text) => text;

/** For a terminal. */
const coloured: Paint = (style, text) => styleText(style, text, { validateStream: false });

/** Colours on a terminal, and where FORCE_COLOR asks for them; none where NO_COLOR is set (no-color.org). */
export function paintFor(
  stream: { isTTY?: boolean },
  environment: Record<string, string | undefined>,
): Paint {
  if (environment.NO_COLOR) return plain;
  return stream.isTTY || environment.FORCE_COLOR ? coloured : plain;
}
