import { testExercise } from '../../support/lab/exercise-test.ts';

testExercise('3-buffering.md');
