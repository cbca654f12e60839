import { testExercise } from '../../support/lab/exercise-test.ts';

testExercise('8-load-balancing.md');
