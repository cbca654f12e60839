import type { Scenario } from './scenario.ts';

/** The scenario of the coursework's original client. */
export const original: Scenario = {
  name: 'original',
  summary: 'a client that puts x=1, x=2 and y=3 at three nodes reads its latest writes at every node',
  meaning:
    'the context that a client passes along makes its session: no node is special, and none returns older data',
  minimumNodes: 3,
  needsFaults: false,
  async run(cluster, reporter) {
    const [first, second, third] = cluster.nodes;
    if (first === undefined || second === undefined || third === undefined) return '';
    const client = cluster.client();
    reporter.step(`put x=1 at ${first.name}`, await client.put('x', 1, { node: first.url }));
    reporter.step(`put x=2 at ${second.name}`, await client.put('x', 2, { node: second.url }));
    const x = await client.get('x', { node: third.url });
    reporter.step(`get x at ${third.name}`, x.value);
    reporter.check(x.value === 2, 'x is 2, because the second write follows the first', x);
    reporter.step(`put y=3 at ${third.name}`, await client.put('y', 3, { node: third.url }));
    for (const node of cluster.nodes) {
      const y = await client.get('y', { node: node.url });
      reporter.step(`get y at ${node.name}`, y.value);
      reporter.check(y.value === 3, `y is 3 at ${node.name}`, y);
      const { value } = await client.get('x', { node: node.url });
      reporter.check(value === 2, `x is 2 at ${node.name}`, value);
    }
    return `all ${cluster.nodes.length} nodes returned x=2 and y=3, although each was written at another node`;
  },
};
