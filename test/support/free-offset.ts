import { planSuite } from '../../scripts/local-suite/plan.ts';
import { portsInUse } from '../../scripts/local-suite/ports-in-use.ts';

/** Returns a PORT_OFFSET at which every port of a suite is free. It is random, so that parallel runs differ. */
export async function freeOffset(): Promise<number> {
  for (;;) {
    const offset = 10_000 + Math.floor(Math.random() * 12_000);
    const wanted = [...planSuite(offset), { port: 9090 + offset }];
    if ((await portsInUse(wanted)).length === 0) return offset;
  }
}
