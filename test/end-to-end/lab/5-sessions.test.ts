import { testExercise } from '../../support/lab/exercise-test.ts';

testExercise('5-sessions.md');
