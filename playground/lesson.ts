/** A scenario to begin a lesson with, and what to try in it. */
export type Lesson = {
  /** Its name in links. */
  id: string;
  title: string;
  fragment: string;
  /** What the scenario shows, in two or three sentences. */
  story: string;
  /** What a student can do, and see. */
  tries: readonly string[];
};
