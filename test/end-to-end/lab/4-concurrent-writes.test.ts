import { testExercise } from '../../support/lab/exercise-test.ts';

testExercise('4-concurrent-writes.md');
