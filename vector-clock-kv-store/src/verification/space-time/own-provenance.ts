import { type Provenance, readProvenance } from '@gridclock/ui-kit/report';

/** Returns when, from which commit and with which command line this process, the client, makes its report. */
export function ownProvenance(): Promise<Provenance> {
  return readProvenance('client.ts', process.argv.slice(2), new Date());
}
