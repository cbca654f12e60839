export { type Paint, paintFor, plain } from './paint.ts';
