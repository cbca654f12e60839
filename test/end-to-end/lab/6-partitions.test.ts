import { testExercise } from '../../support/lab/exercise-test.ts';

testExercise('6-partitions.md');
