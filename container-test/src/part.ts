import type { Checks } from './report/checks.ts';

export type PartOptions = {
  /** The repository's root, absolute. */
  root: string;
  /** The prefix of all project and image names. */
  name: string;
  /** Determines the fault schedule and what sessions and vehicles do. */
  seed: number;
  /** Prints one line of progress between checks. */
  print: (line: string) => void;
  /** The clock, in milliseconds since 1970. */
  now: () => number;
};

/** A part of the container test that runs alone: it creates what it needs and removes it. */
export type Part = (checks: Checks, options: PartOptions) => Promise<void>;
