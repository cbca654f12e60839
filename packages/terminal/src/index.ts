export { coloured, type Paint, paintFor, plain } from './paint.ts';
