import { basename } from 'node:path';
import { type Provenance, readProvenance } from '@gridclock/ui-kit/report';

/** Returns when, from which commit and with which command line this process makes its report. */
export function ownProvenance(): Promise<Provenance> {
  const [, program = 'client.ts', ...args] = process.argv;
  return readProvenance(basename(program), args, new Date());
}
