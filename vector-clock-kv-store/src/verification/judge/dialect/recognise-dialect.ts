import { eventually, exchange, ProgramStartError, patienceAfter } from '@gridclock/judge-kit';
import { Bench, type BenchOptions } from '../system/bench.ts';
import type { ReceivedMessage } from '../system/fake-peer.ts';
import { findClock } from './clock-form.ts';
import { type Dialect, getForms, type LaunchForm, launchForms } from './dialect.ts';
import { type FoundPut, findGet, findPut } from './find-routes.ts';

/** The program does not follow the contract in any known dialect, so nothing of it can be judged. */
export class UnknownDialect extends Error {
  override readonly name = 'UnknownDialect';
}

const KEY = 'hello';

/** 10 s, and more where starting takes long: a node may first have to find its peers. */
const SERVES_WITHIN_MS = 10_000;

/**
 * Finds out how a program speaks the contract: starts it in each known way, until a write reaches its peers.
 *
 * @throws UnknownDialect
 */
export async function recogniseDialect(
  command: string,
  count: number,
  startMs?: number,
): Promise<{ dialect: Dialect; patienceMs: number }> {
  const formsByReason = new Map<string, string[]>();
  for (const launch of launchForms) {
    const outcome = await tryLaunch({ command, count, startMs, dialect: { launch } });
    if (typeof outcome !== 'string') return outcome;
    const form = `NODE_ID as ${launch.ids === 'words' ? 'a word' : 'a number'} and PEERS as ${launch.peers}`;
    formsByReason.set(outcome, [...(formsByReason.get(outcome) ?? []), form]);
  }
  const reasons = [...formsByReason].map(([reason, forms]) =>
    formsByReason.size === 1 ? reason : `${forms.join(', ')}: ${reason}`,
  );
  throw new UnknownDialect(reasons.join('\n'));
}

/** @returns why it did not work, otherwise */
async function tryLaunch(options: BenchOptions): Promise<{ dialect: Dialect; patienceMs: number } | string> {
  const startedAt = performance.now();
  const { launch } = options.dialect;
  const started = await Bench.start(options).catch((error: unknown) => {
    // Another form of its variables would make it no faster.
    if (error instanceof ProgramStartError && error.isTimeout) throw new UnknownDialect(error.message);
    return error instanceof Error ? error.message : String(error);
  });
  if (typeof started === 'string') return started;
  const bench = started;
  const patienceMs = patienceAfter(performance.now() - startedAt);
  try {
    const hasExited = () => bench.process.exit !== undefined;
    const put = await findPut(bench.client, KEY, Math.max(SERVES_WITHIN_MS, patienceMs), hasExited);
    if ('refusal' in put) return put.refusal;
    const messages = () =>
      bench.peers.flatMap(({ received }) => received.filter(({ key }) => key === KEY).slice(0, 1));
    const isSent = await eventually(async () => messages().length === bench.peers.length, patienceMs);
    const [message] = messages();
    if (!isSent || message === undefined)
      return `no write reached its peers: of ${bench.peers.length}, ${messages().length} got the write`;
    const dialect = await describe(bench, launch, put, message, patienceMs);
    return typeof dialect === 'string' ? dialect : { dialect, patienceMs };
  } finally {
    await bench.stop();
  }
}

async function describe(
  bench: Bench,
  launch: LaunchForm,
  put: FoundPut,
  message: ReceivedMessage,
  patienceMs: number,
): Promise<Dialect | string> {
  const { url } = bench.client;
  const get = await findGet(url, KEY, patienceMs);
  if (get === undefined)
    return `none of ${getForms.map(({ path }) => path).join(', ')} returns the value written`;
  const state = await exchange(`${url}/state`).catch(() => undefined);
  const shown = await bench.client.state();
  const answerClock = findClock(put.response.body, bench.ids);
  return {
    launch,
    put: put.form,
    get,
    replicate: { method: message.method === 'PUT' ? 'PUT' : 'POST', path: message.path },
    message: message.form,
    answerClock: answerClock && { name: answerClock.name, form: answerClock.form },
    showsBuffer: state?.status === 200 && shown.buffered !== undefined,
    showsClock: shown.clock !== undefined,
  };
}
