import type { Checks } from './report/checks.ts';

export type PartOptions = {
  /** The repository's root, absolute. */
  root: string;
  /** What the names of projects and images begin with. */
  name: string;
  /** Decides what strikes when, and what sessions and vehicles do. */
  seed: number;
  /** Gets lines about what goes on between checks. */
  write: (line: string) => void;
  /** Milliseconds since 1970. */
  now: () => number;
};

/** A part of the container test that can be run by itself: it makes what it needs, and removes it. */
export type Part = (checks: Checks, options: PartOptions) => Promise<void>;
