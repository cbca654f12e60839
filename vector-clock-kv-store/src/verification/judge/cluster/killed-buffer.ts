import type { ClusterProbe } from './cluster-probe.ts';

/** A node may keep a message that waits on disk, or get it again from its sender: the judge sees only what comes of it. */
export const killedBuffer: ClusterProbe = {
  property: 'restart',
  summary:
    'a node with DATA_DIR is killed while an answer waits there for its question, which comes after its start',
  hasDisk: true,
  async run({ cluster, step, soon, waitFor }) {
    const [first, second] = cluster.ids;
    const last = cluster.ids.at(-1);
    if (first === undefined || second === undefined || last === undefined) return;
    const put = async (id: string, key: string, value: string) => {
      await cluster.client(id).put(key, value);
      step(`put ${key}="${value}" at ${id}`);
    };
    const expectShown = async (id: string, key: string, value: string) => {
      let shown: unknown;
      await soon(
        async () => {
          shown = (await cluster.client(id).get(key)).value;
          return shown === value;
        },
        `${id} shows ${key}="${value}"`,
        () => shown,
      );
    };
    await put(second, 'before', 'delivered');
    await expectShown(last, 'before', 'delivered');
    cluster.link(first, last)?.hold();
    step(`hold messages from ${first} to ${last}`);
    await put(first, 'question', 'why?');
    await expectShown(second, 'question', 'why?');
    await put(second, 'answer', 'because');
    await waitFor(async () => cluster.hasReceived(last, 'answer'));
    await cluster.restart(last);
    step(`kill ${last} with SIGKILL and start it again`);
    cluster.link(first, last)?.release();
    step(`release the messages from ${first} to ${last}`);
    await expectShown(last, 'before', 'delivered');
    await expectShown(last, 'question', 'why?');
    await expectShown(last, 'answer', 'because');
  },
};
