import { StoreError } from '../../causal-client.ts';
import { must, type Scenario, ScenarioFailure } from './scenario.ts';

/** The proof the brief asks for: a write that overtakes what it depends on is held back until that is there. */
export const outOfOrder: Scenario = {
  name: 'out-of-order',
  summary: 'a dependent write overtakes its cause, waits unseen in the buffer, and is applied right after it',
  minimumNodes: 3,
  needsFaults: true,
  async run(cluster, tell) {
    const [author, reader] = cluster.nodes;
    const late = cluster.nodes.at(-1);
    if (author === undefined || reader === undefined || late === undefined) return;
    const question = cluster.key('question');
    const answer = cluster.key('answer');
    const client = cluster.client();
    // On every way to the late node: any node that has the write would pass it on.
    for (const node of cluster.othersThan(late)) {
      await cluster.fault(node, { peer: late.name, action: 'hold', origin: author.name });
    }
    tell.did(`hold what ${author.name} writes on every link to ${late.name}`);

    tell.did(
      `put question at ${author.name}`,
      await client.put(question, 'which comes first?', { node: author.url }),
    );
    const seen = await client.get(question, { node: reader.url });
    tell.did(`get question at ${reader.name}`, seen.value);
    tell.did(
      `put answer at ${reader.name}, having seen the question`,
      await client.put(answer, 'the cause', { node: reader.url }),
    );

    const inBuffer = async () => (await cluster.state(late)).buffered.find(({ key }) => key === answer);
    await cluster.eventually(
      `the answer is in ${late.name}'s buffer`,
      async () => (await inBuffer()) !== undefined,
    );
    tell.did(`${late.name} buffers`, await inBuffer());
    must(tell, (await cluster.look(late, answer)) === null, `the answer is invisible at ${late.name}`);
    must(tell, (await cluster.look(late, question)) === null, `so is the question at ${late.name}`);
    must(
      tell,
      await refusesToShowLess(() => client.get(answer, { node: late.url, waitMs: 200 }), tell),
      `${late.name} never answers with less`,
    );

    await cluster.heal();
    tell.did(`release the links to ${late.name}`);
    await cluster.eventually(`the answer is visible at ${late.name}`, async () => {
      const visible = (await cluster.look(late, answer)) !== null;
      // Read second: were it missing now, the answer would have been shown without its cause.
      if (visible && (await cluster.look(late, question)) === null) {
        throw new ScenarioFailure(`${late.name} shows the answer without the question`);
      }
      return visible;
    });
    must(tell, (await cluster.look(late, answer)) === 'the cause', `the answer is visible at ${late.name}`);
    must(tell, (await cluster.look(late, question)) !== null, 'and so is the question');
    must(tell, (await inBuffer()) === undefined, `${late.name}'s buffer holds it no more`);
  },
};

async function refusesToShowLess(
  read: () => Promise<unknown>,
  tell: { did: (what: string, seen: unknown) => void },
) {
  try {
    await read();
    return false;
  } catch (error) {
    if (!(error instanceof StoreError) || error.status !== 503) throw error;
    tell.did('a client that has seen both is told to wait', error.body);
    return true;
  }
}
