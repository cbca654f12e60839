import type { Tool } from './tools.ts';

/** A figure that each contender is measured by. */
export type Measure = {
  /** The key of the figure in a sample, and its column: `requests/s`. */
  name: string;
  /** The least ratio of ours to another contender's where more is better, the greatest where less is. */
  better: 'more' | 'less';
  /** By the name of the other contender. */
  targets?: Readonly<Record<string, number>>;
};

/** What one measurement of a contender found, by measure. */
export type Sample = Readonly<Record<string, number>>;

/** A contender that is running. */
export type Subject = {
  /** Measures once; takes a few seconds. */
  measure: () => Promise<Sample>;
  close: () => Promise<void>;
};

/** One side of a comparison. */
export type Contender = {
  name: string;
  /** Programs that must be installed; without one, the contender is skipped by name. */
  needs?: readonly Tool[];
  open: () => Promise<Subject>;
};

/** Alternatives that run side by side: measured in turn, in every round. */
export type Comparison = {
  kind: 'comparison';
  /** Identifies the row on the command line: `put-64`. */
  name: string;
  title: string;
  measures: readonly Measure[];
  /** The first is ours. */
  contenders: readonly [Contender, ...Contender[]];
  /** What limits our figure, as a sentence. */
  limit: string;
};

/** A figure with a bound. */
type Check = {
  what: string;
  value: number;
  unit: string;
  atMost?: number;
  atLeast?: number;
};

type TableResult = {
  columns: string[];
  rows: (string | number)[][];
  checks: Check[];
  /** What was left out, and why. */
  skipped?: string[];
  /** What limits the figures, where that is known only after the measurement. */
  limit?: string;
};

/** Ten minutes: long enough for what leaks or grows to show. */
export const USUAL_MINUTES = 10;

/** How much to measure. */
export type MeasureOptions = {
  /** How often to measure what varies. */
  rounds: number;
  /** How long a row lasts that measures steadiness. */
  minutes: number;
};

/** Figures that are no comparison, such as a curve. */
export type Table = {
  kind: 'table';
  name: string;
  title: string;
  needs?: readonly Tool[];
  limit: string;
  measure: (options: MeasureOptions) => Promise<TableResult>;
};

export type Row = Comparison | Table;
