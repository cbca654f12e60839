import { Readable } from 'node:stream';
import { listenForInterruption } from '@gridclock/command-line';
import { createHttpClient } from '@gridclock/service-kit';
import type { Command } from 'commander';
import { z } from 'zod';
import { MAX_KEY_RESPONSE_BYTES } from '../limits.ts';
import { clockSchema } from '../messages/clock.ts';
import { watchedWriteSchema } from '../session-client/responses.ts';
import { readEvents } from '../session-client/server-events.ts';
import { CommandError, EXIT_CODES_HELP } from './command-error.ts';
import { addContext, type ContextFlags, keepContext, readContext } from './session-context.ts';
import { type CommandRun, type CommandWiring, storeCommand } from './store-command.ts';

type WatchFlags = ContextFlags & { node?: string };

/** 2^31 - 1 ms, the longest timer: a watch lasts until it is interrupted. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

/** Creates the command `watch`. */
export function watchCommand(wiring: CommandWiring): Command {
  const command = storeCommand<WatchFlags>('watch', wiring, watch)
    .description('print each write to keys with this prefix as one node applies it, until Ctrl-C')
    .argument('[prefix]', 'all keys without one')
    .option('--node <name>', 'watch this node (default: the first that serves)')
    .addHelpText('after', EXIT_CODES_HELP);
  return addContext(command);
}

async function watch({
  args: [prefix = ''],
  options,
  nodes,
  print,
  tls,
}: CommandRun<WatchFlags>): Promise<number> {
  const node = await nodes.pick(options.node);
  const context = await readContext(options);
  const signal = listenForInterruption();
  const http = createHttpClient({ timeoutMs: NO_TIMEOUT_MS, maxResponseBytes: -1, tls: tls && { tls } });
  const isResumed = Object.keys(context).length > 0;
  const { status, data } = await http
    .get<unknown>(`${node.url}/watch`, {
      params: { prefix, ...(isResumed ? { vc: JSON.stringify(context) } : {}) },
      responseType: 'stream',
      signal,
    })
    .catch((error: unknown) => {
      signal.throwIfAborted();
      throw error;
    });
  if (!(data instanceof Readable)) throw new CommandError(`${node.name} sent no stream`);
  if (status !== 200) throw new CommandError(`${node.name} responded ${status}: ${await readText(data)}`);
  if (!options.json)
    print(
      `watching ${prefix === '' ? 'every key' : `keys that begin with ${prefix}`} at ${node.name}; Ctrl-C ends it`,
    );
  try {
    for await (const { id, name, data: json } of readEvents(data, MAX_KEY_RESPONSE_BYTES)) {
      if (name !== 'write') throw new CommandError(`${node.name} ended the stream: ${messageOf(json)}`);
      const { key, value, sender, vc } = watchedWriteSchema.parse(JSON.parse(json));
      if (options.json) print(json);
      else
        print(
          `${key} ${value === null ? 'deleted' : `= ${JSON.stringify(value)}`} by ${sender}, clock ${JSON.stringify(vc)}`,
        );
      if (id !== undefined) await keepContext(options, clockSchema.parse(JSON.parse(id)));
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
  throw new CommandError(`${node.name} closed the stream; watch another node`);
}

async function readText(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return messageOf(text);
}

function messageOf(json: string): string {
  const parsed = z.object({ error: z.string() }).safeParse(JSON.parse(json));
  return parsed.success ? parsed.data.error : json;
}
