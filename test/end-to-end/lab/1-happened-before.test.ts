import { testExercise } from '../../support/lab/exercise-test.ts';

testExercise('1-happened-before.md');
