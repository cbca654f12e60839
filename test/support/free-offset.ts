import { planSuite } from '../../scripts/local-suite/plan.ts';
import { takenPorts } from '../../scripts/local-suite/taken-ports.ts';

/** A PORT_OFFSET at which every port of a suite is free, chosen at random so that two runs do not meet. */
export async function freeOffset(): Promise<number> {
  for (;;) {
    const offset = 10_000 + Math.floor(Math.random() * 12_000);
    const wanted = [...planSuite(offset), { port: 9090 + offset }];
    if ((await takenPorts(wanted)).length === 0) return offset;
  }
}
