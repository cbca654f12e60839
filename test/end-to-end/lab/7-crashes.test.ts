import { testExercise } from '../../support/lab/exercise-test.ts';

testExercise('7-crashes.md');
