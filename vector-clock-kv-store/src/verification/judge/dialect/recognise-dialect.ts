import { patienceAfter } from '../patience.ts';
import { Bench } from '../system/bench.ts';
import { isSuccess } from '../system/contract-client.ts';
import { eventually } from '../system/eventually.ts';
import { type Exchange, exchange } from '../system/exchange.ts';
import type { ReceivedMessage } from '../system/fake-peer.ts';
import { findClock } from './clock-form.ts';
import { type Dialect, getForms, type LaunchForm, launchForms, putForms, type RouteForm } from './dialect.ts';

/** The program does not follow the contract in any known dialect, so nothing of it can be judged. */
export class UnknownDialect extends Error {
  override readonly name = 'UnknownDialect';
}

/** 10 s, and more where starting takes long: a node may first have to find its peers. */
const SERVES_WITHIN_MS = 10_000;

const KEY = 'hello';

/**
 * Finds out how a program speaks the contract: starts it in each known way, until a write reaches its peers.
 *
 * @throws UnknownDialect
 */
export async function recogniseDialect(
  command: string,
  count: number,
): Promise<{ dialect: Dialect; patienceMs: number }> {
  const formsByReason = new Map<string, string[]>();
  for (const launch of launchForms) {
    const outcome = await tryLaunch(command, count, launch);
    if (typeof outcome !== 'string') return outcome;
    const form = `NODE_ID as ${launch.ids === 'words' ? 'a word' : 'a number'} and PEERS as ${launch.peers}`;
    formsByReason.set(outcome, [...(formsByReason.get(outcome) ?? []), form]);
  }
  const reasons = [...formsByReason].map(([reason, forms]) =>
    formsByReason.size === 1 ? reason : `${forms.join(', ')}: ${reason}`,
  );
  throw new UnknownDialect(`no write reached its peers. ${reasons.join('\n')}`);
}

/** @returns why it did not work, otherwise */
async function tryLaunch(
  command: string,
  count: number,
  launch: LaunchForm,
): Promise<{ dialect: Dialect; patienceMs: number } | string> {
  const startedAt = performance.now();
  const started = await Bench.start({ command, count, dialect: { launch } }).catch((error: unknown) =>
    error instanceof Error ? error.message : String(error),
  );
  if (typeof started === 'string') return started;
  const bench = started;
  const patienceMs = patienceAfter(performance.now() - startedAt);
  try {
    const put = await findPut(bench, Math.max(SERVES_WITHIN_MS, patienceMs));
    if ('refusal' in put) return put.refusal;
    const messages = () =>
      bench.peers.flatMap(({ received }) => received.filter(({ key }) => key === KEY).slice(0, 1));
    const isSent = await eventually(async () => messages().length === count - 1, patienceMs);
    const [message] = messages();
    if (!isSent || message === undefined) return `of ${count - 1} peers, ${messages().length} got the write`;
    const dialect = await describe(bench, launch, put, message);
    return typeof dialect === 'string' ? dialect : { dialect, patienceMs };
  } finally {
    await bench.stop();
  }
}

async function describe(
  bench: Bench,
  launch: LaunchForm,
  put: { form: RouteForm; response: Exchange },
  message: ReceivedMessage,
): Promise<Dialect | string> {
  const { url } = bench.client;
  const get = await findGet(url);
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

/** Writes by each known route until one takes it; a node that is not ready yet is asked again. */
async function findPut(
  bench: Bench,
  withinMs: number,
): Promise<{ form: RouteForm; response: Exchange } | { refusal: string }> {
  let found: { form: RouteForm; response: Exchange } | undefined;
  let last = 'no response';
  await eventually(async () => {
    for (const form of putForms) {
      const response = await bench.client.raw(form, { json: { key: KEY, value: 1 } });
      if (response.status !== 404 && response.status !== 405)
        last = `${form.method} ${form.path} got ${response.status} ${response.text.slice(0, 200)}`;
      if (isSuccess(response)) found = { form, response };
      // It knows the route, and does not serve yet.
      if (found !== undefined || response.status >= 500) break;
    }
    if (found !== undefined) return true;
    return bench.process.exit !== undefined;
  }, withinMs);
  return found ?? { refusal: `no write was accepted; ${last}` };
}

async function findGet(url: string): Promise<RouteForm | undefined> {
  for (const form of getForms) {
    const { body } = await exchange(`${url}${form.path.replace('{key}', KEY)}`);
    if (typeof body === 'object' && body !== null && 'value' in body && body.value === 1) return form;
  }
  return undefined;
}
