import type { BalancerBench } from '../system/balancer-bench.ts';
import type { Charge } from '../system/charges.ts';
import type { GridClient } from '../system/grid-client.ts';
import type { ScriptedSubstation } from '../system/scripted-substation.ts';
import type { Probe, ProbeRun } from './probe.ts';
import { whys } from './whys.ts';

/** As many charges in a row prove that the failed substation has lost its favour. */
const IN_A_ROW = 4;

/** 20 s, in milliseconds: a request at a silent substation may take as long as the balancer's own limit. */
const REQUEST_TIMEOUT_MS = 20_000;

type Failure = { name: string; fail: (substation: ScriptedSubstation) => void | Promise<void> };

const failures: readonly Failure[] = [
  { name: 'is killed', fail: (substation) => substation.die() },
  {
    name: 'hangs',
    fail: (substation) => {
      substation.isSilent = true;
    },
  },
  {
    name: 'answers everything with a 500',
    fail: (substation) => {
      substation.charges = 'fail';
      substation.metrics = 'error';
    },
  },
];

/** One experiment for each way in which the favourite fails. */
export const deadFavourite: readonly Probe[] = failures.map(({ name, fail }) => ({
  property: 'dead favourite',
  role: 'balancer',
  summary: `the least loaded substation ${name}`,
  why: whys.deadFavourite,
  async run(run) {
    const bench = await run.balancer({ script: favourFirst });
    await bench.polled();
    const first = bench.substation(0);
    run.step('the metrics show loads of 0, 400 and 500 kW of 1,000');
    const healthy = await run.ask(bench.client, { vehicle_id: 'EV_0', charge_amount: 5 });
    run.check(healthy.status === 200, 'a charge is accepted', healthy.status);
    await fail(first);
    run.step(`${first.id}, the favourite, ${name}`);
    await succeedsElsewhere(run, bench, first);
  },
}));

function favourFirst(all: readonly ScriptedSubstation[]): void {
  for (const [index, load] of [0, 400, 500].entries()) {
    const substation = all[index];
    if (substation) substation.load = load;
  }
}

async function succeedsElsewhere(
  { soon, step }: ProbeRun,
  { client }: BalancerBench,
  failed: ScriptedSubstation,
): Promise<void> {
  let vehicle = 0;
  let inARow = 0;
  const answers: string[] = [];
  const isAccepted = async () => {
    vehicle += 1;
    answers.push(await statusOf(client, { vehicle_id: `EV_${vehicle}`, charge_amount: 5 }));
    inARow = answers.at(-1) === '200' ? inARow + 1 : 0;
    return inARow >= IN_A_ROW;
  };
  await soon(
    isAccepted,
    `soon ${IN_A_ROW} charges in a row succeed without ${failed.id}`,
    () => `${answers.length} charges: ${summarize(answers)}`,
  );
  step(`POST /route_charge ${answers.length} times`, summarize(answers));
}

async function statusOf(client: GridClient, charge: Charge): Promise<string> {
  const response = await client.charge(charge, REQUEST_TIMEOUT_MS).catch(() => undefined);
  return response === undefined ? 'no answer' : String(response.status);
}

/** Counts equal answers in a row: "3 × 500, 4 × 200". */
function summarize(answers: readonly string[]): string {
  const runs: { answer: string; count: number }[] = [];
  for (const answer of answers) {
    const last = runs.at(-1);
    if (last?.answer === answer) last.count += 1;
    else runs.push({ answer, count: 1 });
  }
  return runs.map(({ answer, count }) => `${count} × ${answer}`).join(', ');
}

export const outage: Probe = {
  property: 'dead favourite',
  role: 'balancer',
  summary: 'every substation is killed',
  why: 'That nobody can charge is an outage of the substations, of which the balancer knows: it is a 503. A 500 says that the balancer itself is broken.',
  async run({ balancer, step, check, soon }) {
    const bench = await balancer();
    await bench.polled();
    for (const substation of bench.substations) await substation.die();
    step('every substation is killed');
    const answers: string[] = [];
    const is503 = async () => {
      answers.push(await statusOf(bench.client, { vehicle_id: 'EV_1', charge_amount: 5 }));
      return ['503', '504'].includes(answers.at(-1) ?? '');
    };
    await soon(is503, 'charges soon get a 503', () => `${answers.length} charges: ${summarize(answers)}`);
    check(bench.process.exit === undefined, 'the balancer still runs', bench.process.exit);
  },
};
