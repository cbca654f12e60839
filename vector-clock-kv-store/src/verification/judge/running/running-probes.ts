import { NotJudged } from '@gridclock/judge-kit';
import { firstMissing } from '../../../causality/vector-clock.ts';
import type { ProbeRun } from '../probes/probe.ts';
import type { Property } from '../properties.ts';
import { isSuccess } from '../system/contract-client.ts';
import type { RunningCluster } from './running-cluster.ts';

type RunningRun = Pick<ProbeRun, 'step' | 'check' | 'soon'> & {
  cluster: RunningCluster;
  /** Begins every key. */
  keyPrefix: string;
};

type RunningProbe = { property: Property; summary: string; run: (run: RunningRun) => Promise<void> };

const ROUNDS = 10;

const replication: RunningProbe = {
  property: 'replication',
  summary: 'a write at each node, in turn',
  async run({ cluster, keyPrefix, step, soon }) {
    for (const writer of cluster.ids) {
      const key = `${keyPrefix}written at ${writer}`;
      step(`put ${key}="written" at ${writer}`, await cluster.client(writer).put(key, 'written'));
      for (const id of cluster.ids)
        await soon(
          async () => (await cluster.client(id).get(key)).value === 'written',
          `${id} shows ${key}="written"`,
        );
    }
  },
};

const convergence: RunningProbe = {
  property: 'convergence',
  summary: `every node writes the same key at the same time, ${ROUNDS} times`,
  async run({ cluster, keyPrefix, step, soon }) {
    const keys = Array.from({ length: ROUNDS }, (_, round) => `${keyPrefix}shared ${round + 1}`);
    for (const key of keys)
      await Promise.all(cluster.ids.map((id, index) => cluster.client(id).put(key, `of node ${index + 1}`)));
    step(`put ${keys.length} keys at ${cluster.ids.length} nodes, each key at all of them at once`);
    for (const key of keys) {
      let shown: string[] = [];
      await soon(
        async () => {
          const values = await Promise.all(cluster.ids.map((id) => cluster.client(id).get(key)));
          shown = values.map(({ value }) => JSON.stringify(value));
          return new Set(shown).size === 1;
        },
        `all nodes show the same value of ${key}`,
        () => shown.map((value, index) => `${value} at ${cluster.ids[index]}`).join('; '),
      );
    }
  },
};

const sessions: RunningProbe = {
  property: 'session guarantees',
  summary: `a client writes at one node and at once reads at another, with the clock it got, ${ROUNDS} times`,
  async run({ cluster, keyPrefix, step, check }) {
    if (cluster.dialect.answerClock === undefined)
      throw new NotJudged('answers carry no clock, so a client has nothing to pass');
    for (let round = 0; round < ROUNDS; round++) {
      const writer = cluster.ids[round % cluster.ids.length] ?? '';
      const reader = cluster.ids[(round + 1) % cluster.ids.length] ?? '';
      const key = `${keyPrefix}session`;
      const vc = await cluster.client(writer).put(key, `value ${round}`);
      step(`put ${key}="value ${round}" at ${writer}`, vc);
      const response = await cluster.client(reader).tryGet(key, vc);
      if (!isSuccess(response)) {
        step(`get ${key} at ${reader} is refused with ${response.status}`);
        continue;
      }
      const read = await cluster.client(reader).get(key, vc);
      check(
        read.value === `value ${round}` || Array.isArray(read.value),
        `get ${key} at ${reader} with this clock returns "value ${round}"`,
        read.value,
      );
      const isCovered =
        vc === undefined || (read.vc !== undefined && firstMissing(read.vc, vc) === undefined);
      check(isCovered, 'the clock of the answer covers what the client has seen', read.vc);
    }
  },
};

const badInput: RunningProbe = {
  property: 'bad input',
  summary: 'writes that mean nothing come to each node',
  async run({ cluster, keyPrefix, check }) {
    const key = `${keyPrefix}good`;
    for (const id of cluster.ids) {
      const client = cluster.client(id);
      await client.put(key, id);
      const { put } = cluster.dialect;
      for (const [name, request] of [
        ['a write that is not JSON', () => client.raw(put, { raw: '{"key":' })],
        ['a write without a key', () => client.raw(put, { json: { value: 'bad' } })],
      ] as const) {
        const { status, text } = await request();
        check(status >= 400 && status < 500, `${name} gets a 4xx`, `${status} ${text.slice(0, 200)}`);
      }
      const { value } = await client.get(key);
      check(
        cluster.ids.some((other) => other === value),
        `${key} is what it was`,
        value,
      );
    }
  },
};

/** What can be judged of a running cluster from outside. */
export const runningProbes: readonly RunningProbe[] = [replication, convergence, sessions, badInput];
