import { must, type Scenario } from './scenario.ts';

/** The scenario of the coursework's own client. */
export const original: Scenario = {
  name: 'original',
  summary: 'x=1 at the first node, x=2 at the second, read at the third, y=3 there, and y is read at all',
  minimumNodes: 3,
  needsFaults: false,
  async run(cluster, tell) {
    const [first, second, third] = cluster.nodes;
    if (first === undefined || second === undefined || third === undefined) return;
    const client = cluster.client();
    tell.did(`put x=1 at ${first.name}`, await client.put('x', 1, { node: first.url }));
    tell.did(`put x=2 at ${second.name}`, await client.put('x', 2, { node: second.url }));
    const x = await client.get('x', { node: third.url });
    tell.did(`get x at ${third.name}`, x.value);
    must(tell, x.value === 2, 'x is 2: the second write came after the first', x);
    tell.did(`put y=3 at ${third.name}`, await client.put('y', 3, { node: third.url }));
    for (const node of cluster.nodes) {
      const y = await client.get('y', { node: node.url });
      tell.did(`get y at ${node.name}`, y.value);
      must(tell, y.value === 3, `y is 3 at ${node.name}`, y);
      must(tell, (await client.get('x', { node: node.url })).value === 2, `x is 2 at ${node.name}`);
    }
  },
};
