import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { NodeProcesses } from '../../src/verification/soak/node-processes.ts';
import { localCluster } from '../support/local-cluster.ts';
import { runClient } from '../support/run-client.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** A command of the client in the README, and the output that it shows; undefined if it shows none. */
type DocumentedCommand = { args: string[]; output: string | undefined };

const directory = temporaryDirectory();
const prefix = /^(?:\$ )?(?:docker compose run --rm client|npx tsx vector-clock-kv-store\/src\/client\.ts) ?/;

/** Finds the client's commands in code blocks. */
async function documentedCommands(): Promise<DocumentedCommand[]> {
  const text = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/```(console|sh)\n([\s\S]*?)```/g)];
  return blocks.flatMap(([, kind, block = '']) => {
    const found: { args: string[]; lines: string[] }[] = [];
    let current: (typeof found)[number] | undefined;
    for (const line of block.trimEnd().split('\n')) {
      if (prefix.test(line)) {
        current = { args: shellWords(line.replace(prefix, '')), lines: [] };
        found.push(current);
      } else if (line.startsWith('$ ')) current = undefined;
      else current?.lines.push(line);
    }
    return found.map(({ args, lines }) => ({
      args,
      output: kind === 'console' ? lines.join('\n') : undefined,
    }));
  });
}

/** Splits a command as a shell does; a word that begins with # begins a comment. */
function shellWords(line: string): string[] {
  const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? '',
  );
  const comment = words.findIndex((word) => word.startsWith('#'));
  return comment === -1 ? words : words.slice(0, comment);
}

/** A right node, in place of the reader's. */
const rightNode = fileURLToPath(new URL('../support/judged-nodes/node.mjs', import.meta.url));

/** Shortens what takes minutes, and names a history and a node that exist. */
function adapt(args: readonly string[]): string[] {
  return args.map((word, index) => {
    if (args[index - 1] === '--seconds') return args[0] === 'soak' ? '3' : word;
    if (args[index - 1] === '--schedules') return '5';
    if (args[index - 1] === '--node' && args[0] === 'judge') return `node "${rightNode}"`;
    return word === 'FILE' ? 'history.json' : word;
  });
}

describe('the commands in the README', () => {
  let cluster: NodeProcesses;

  beforeAll(async () => {
    cluster = await localCluster({ environment: { TRACE: '1' } });
    await cluster.start('node1', 'node2', 'node3');
  });

  afterAll(() => cluster.stop());

  it('work, and print what the document shows on a new cluster', async () => {
    await mkdir(join(directory.path, 'out'));
    await writeFile(join(directory.path, 'history.json'), '{"sessions":[]}');
    const commands = await documentedCommands();
    expect(commands.length).toBeGreaterThan(20);
    // Those with an output first: it is that of a new cluster.
    const ordered = [
      ...commands.filter(({ output }) => output !== undefined),
      ...commands.filter(({ output }) => output === undefined),
    ];
    for (const { args, output } of ordered) {
      const running = runClient(adapt(args), { STORE_NODES: cluster.urls.join(',') }, directory.path);
      if (args[0] === 'watch') {
        let printed = '';
        running.all.on('data', (chunk: Buffer) => {
          printed += chunk.toString();
        });
        await vi.waitFor(() => expect(printed).toContain('watching'), { timeout: 30_000, interval: 50 });
        running.kill('SIGINT');
      }
      const { exitCode, all, stdout } = await running;
      expect({ args, exitCode }, all).toEqual({ args, exitCode: args[0] === 'watch' ? 130 : 0 });
      if (output !== undefined) expect({ args, stdout }).toEqual({ args, stdout: output });
    }
  }, 300_000);
});
