import { testExercise } from '../../support/lab/exercise-test.ts';

testExercise('2-delivery-rule.md');
