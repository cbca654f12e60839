import { availableParallelism } from 'node:os';
import { execa } from 'execa';
import { concludeOverload } from './conclude.ts';
import { measureOverload, type OverloadRow } from './measure.ts';
import { systems } from './systems.ts';

export type OverloadCommandOptions = {
  system: keyof typeof systems;
  connections: readonly number[];
  rounds: number;
  seconds: number;
  /** Whether clients and system share no core. */
  pin: boolean;
};

/** Overloads a system and prints a row for each number of clients, and what follows from them. */
export async function benchOverload(options: OverloadCommandOptions): Promise<void> {
  const { connections, pin, rounds, seconds, system: name } = options;
  const system = await systems[name]();
  const rows: OverloadRow[] = [];
  try {
    console.log(`memory of ${system.processes.map((service) => service.name).join(', ')}\n`);
    if (pin) await pinProcesses(system.processes.map(({ pid }) => pid));
    console.log('  connections  connected  goodput/s     p50      p99  refused/s  failed   /health  memory');
    const all = Array.from({ length: rounds }, () => connections).flat();
    await measureOverload(system, all, seconds * 1_000, (row) => {
      rows.push(row);
      console.log(formatRow(row, seconds));
    });
  } finally {
    await system.stop();
  }
  const { goodput, memoryMb, p99, recovered } = concludeOverload(rows);
  console.log(`
under overload: goodput ${goodput.toFixed(2)} of its peak (goal: at least 0.8)
                p99 ${p99.toFixed(1)} times that of the fewest clients (goal: at most 5)
                ${memoryMb.toFixed(0)} MB more in the process that grew most
right after it: goodput ${recovered === undefined ? 'not measured' : `${recovered.toFixed(2)} of that before`}`);
}

/** Gives the clients, which run in this process, the first core, and the system the others. Needs Linux' `taskset`. */
async function pinProcesses(pids: readonly number[]): Promise<void> {
  // Before this process has only one.
  const last = availableParallelism() - 1;
  const pin = (cores: string, pid: number) => execa('taskset', ['-acp', cores, `${pid}`]);
  await pin('0', process.pid);
  await Promise.all(pids.map((pid) => pin(`1-${last}`, pid)));
}

function formatRow(row: OverloadRow, seconds: number): string {
  const refused = (row.statuses.get(503) ?? 0) / seconds;
  const columns = [
    `${row.connections}`.padStart(11),
    formatMs(row.settledMs).padStart(10),
    row.goodput.toFixed(0).padStart(10),
    formatMs(row.p50Ms),
    formatMs(row.p99Ms),
    refused.toFixed(0).padStart(10),
    `${row.failed}`.padStart(7),
    ` ${formatMs(row.healthMs)}`,
    row.memoryMb.map((mb) => mb.toFixed(0)).join(' + '),
  ];
  return `  ${columns.join(' ')} MB`;
}

function formatMs(ms: number): string {
  return `${ms.toFixed(0)} ms`.padStart(8);
}
