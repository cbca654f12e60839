import { styleText } from 'node:util';

/** Colours a piece of text, or leaves it as it is. */
export type Paint = (style: 'bold' | 'dim' | 'green' | 'yellow' | 'red', text: string) => string;

/** For files, pipes and tests. */
export const plain: Paint = (_style, text) => text;

/** For a terminal. */
export const coloured: Paint = (style, text) => styleText(style, text, { validateStream: false });
