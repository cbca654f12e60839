import { StoreError } from '../../causal-client.ts';
import { counterOf, missingDependency } from '../../causality/vector-clock.ts';
import type { NodeState } from '../workload/node-api.ts';
import type { Reporter, Scenario } from './scenario.ts';
import { ScenarioFailure } from './scenario-failure.ts';

/** The brief's proof of causal delivery: a write that arrives before its cause is buffered until the cause arrives. */
export const outOfOrder: Scenario = {
  name: 'out-of-order',
  summary:
    'a write that overtakes its cause stays invisible in the buffer, and is applied right after the cause',
  meaning: 'messages may overtake each other, and still nobody sees an answer before its question',
  minimumNodes: 3,
  needsFaults: true,
  async run(cluster, reporter) {
    const [author, reader] = cluster.nodes;
    const late = cluster.nodes.at(-1);
    if (author === undefined || reader === undefined || late === undefined) return '';
    const question = cluster.key('question');
    const answer = cluster.key('answer');
    const client = cluster.client();
    // On every link to the late node, because any node that has the write forwards it.
    for (const node of cluster.othersThan(late)) {
      await cluster.fault(node, { peer: late.name, action: 'hold', origin: author.name });
    }
    reporter.step(`hold the writes of ${author.name} on every link to ${late.name}`);

    reporter.step(
      `put question at ${author.name}`,
      await client.put(question, 'which comes first?', { node: author.url }),
    );
    const read = await client.get(question, { node: reader.url });
    reporter.step(`get question at ${reader.name}`, read.value);
    reporter.step(
      `put answer at ${reader.name}, after reading the question`,
      await client.put(answer, 'the cause', { node: reader.url }),
    );

    const findBuffered = async () => (await cluster.state(late)).buffered.find(({ key }) => key === answer);
    const buffered = async () => (await findBuffered()) !== undefined;
    await cluster.eventually(`the answer is in ${late.name}'s buffer`, buffered);
    reporter.step(`${late.name} buffers`, await findBuffered());
    const wait = describeWait(late.name, await cluster.state(late), answer);
    const early = await cluster.peek(late, answer);
    reporter.check(early === null, `the answer is invisible at ${late.name}`, early);
    const cause = await cluster.peek(late, question);
    reporter.check(cause === null, `the question is invisible at ${late.name}`, cause);
    const refused = await isRefused(() => client.get(answer, { node: late.url, waitMs: 200 }), reporter);
    reporter.check(refused, `${late.name} returns nothing older than the client has seen`);

    await cluster.heal();
    reporter.step(`release the links to ${late.name}`);
    const expectation = `the answer is visible at ${late.name}`;
    await cluster.eventually(expectation, async () => {
      const visible = (await cluster.peek(late, answer)) !== null;
      // Read second: if it is missing now, the answer was visible without its cause.
      if (visible && (await cluster.peek(late, question)) === null) {
        throw new ScenarioFailure(`${late.name} shows the answer without the question`);
      }
      return visible;
    });
    const final = await cluster.peek(late, answer);
    reporter.check(final === 'the cause', expectation, final);
    reporter.check((await cluster.peek(late, question)) !== null, `the question is visible at ${late.name}`);
    reporter.check(!(await buffered()), `the answer has left ${late.name}'s buffer`);
    return wait;
  },
};

/** The full body of a refusal would hide what it says. */
function missingOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'missing' in body ? body.missing : body;
}

/** Describes why a write waits in a node's buffer. */
function describeWait(node: string, { vector_clock: clock, buffered }: NodeState, key: string): string {
  const write = buffered.find((candidate) => candidate.key === key);
  const missing = write && missingDependency(clock, write.sender, write.vector_clock);
  if (write === undefined || missing === undefined)
    return `${node} kept the answer back until it had the question`;
  return `the answer's clock ${JSON.stringify(write.vector_clock)} needs write ${missing.counter} of ${missing.node}; ${node} had ${counterOf(clock, missing.node)} of them and kept the answer back until the question came`;
}

/** Resolves to whether a node refuses a read with 503 because it is behind the client. */
async function isRefused(read: () => Promise<unknown>, reporter: Reporter): Promise<boolean> {
  try {
    await read();
    return false;
  } catch (error) {
    if (!(error instanceof StoreError) || error.status !== 503) throw error;
    reporter.step(
      'a client that has seen both gets 503, with the writes that are missing',
      missingOf(error.body),
    );
    return true;
  }
}
