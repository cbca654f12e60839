import { integerVariable, readEnvironment } from '@gridclock/service-kit';
import { z } from 'zod';

/** The highest contract port is 9090. */
const LARGEST_OFFSET = 65_535 - 9_090;

/** Reads PORT_OFFSET: how far every port is shifted, 0 unless set. */
export function readPortOffset(environment: Record<string, string | undefined>): number {
  const offset = integerVariable({ min: 0, max: LARGEST_OFFSET }).default(0);
  return readEnvironment(z.object({ PORT_OFFSET: offset }), environment).PORT_OFFSET;
}
