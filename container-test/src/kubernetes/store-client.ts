import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { z } from 'zod';
import { type Cluster, NAMESPACE } from './cluster.ts';

const writesSchema = z.object({
  acknowledged: z.array(z.string()),
  failures: z.record(z.string(), z.number()),
  longestGapMs: z.number(),
});

/** What a continuous writer observed: the acknowledged keys and how many other writes failed, by status. */
export type Writes = z.output<typeof writesSchema>;

const manifest = fileURLToPath(new URL('./store-client.yaml', import.meta.url));

/** Starts the pod of a store client. */
export async function startStoreClient({ kubectl }: Cluster): Promise<void> {
  await kubectl('-n', NAMESPACE, 'apply', '-f', manifest);
  await kubectl('-n', NAMESPACE, 'wait', '--for=condition=Ready', '--timeout=60s', 'pod/store-client');
}

/** Starts to write in the client's pod; `stop` resolves to what happened meanwhile. */
export async function startWriting({ environment }: Cluster): Promise<{ stop: () => Promise<Writes> }> {
  const script = await readFile(new URL('./write-continuously.mjs', import.meta.url), 'utf8');
  const node = ['node', '--input-type=module', '-e', script];
  const writing = execa('kubectl', ['-n', NAMESPACE, 'exec', '-i', 'store-client', '--', ...node], {
    env: environment,
    stdin: 'pipe',
  });
  writing.catch(() => {});
  return {
    async stop() {
      writing.stdin.end();
      return writesSchema.parse(JSON.parse((await writing).stdout));
    },
  };
}

/** Runs an expression in a pod and resolves to the status of the response it fetches, or to why it failed. */
export async function fetchFromPod({ kubectl }: Cluster, pod: string, url: string): Promise<string> {
  const script = `fetch(${JSON.stringify(url)}, { signal: AbortSignal.timeout(3000) })
    .then((response) => console.log(response.status), (error) => console.log(error.cause?.code ?? error.name))`;
  return kubectl('-n', NAMESPACE, 'exec', pod, '--', 'node', '-e', script);
}

const stateSchema = z.object({ store: z.record(z.string(), z.unknown()) });

/** Reads the keys that a node stores. */
export async function readKeys({ kubectl }: Cluster, node: string): Promise<Set<string>> {
  const script = 'fetch("http://127.0.0.1:5000/state").then((response) => response.text()).then(console.log)';
  const state = await kubectl('-n', NAMESPACE, 'exec', node, '--', 'node', '-e', script);
  return new Set(Object.keys(stateSchema.parse(JSON.parse(state)).store));
}
