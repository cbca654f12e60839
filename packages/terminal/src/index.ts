export { type Paint, paintFor, plain } from './paint.ts';
export { wholeNumber } from './whole-number.ts';
