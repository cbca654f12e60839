import { requireNodeUrl } from './check-arguments.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { TooFewCopiesError, UnreachableError } from './errors.ts';
import { errorOf } from './responses.ts';
import { pause, pauseMs, type RetryPolicy } from './retry.ts';
import {
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from './transport.ts';

/** A request, without the node that it goes to. */
export type CallRequest = Omit<TransportRequest, 'url' | 'signal'> & { path: string };

export type Call = {
  /** Names the call in error messages, such as `put x`. */
  name: string;
  /** Creates the request. Called for each attempt, because the context may have grown. */
  request: () => CallRequest;
  /** The URL of the only node to ask. */
  node?: string | undefined;
  signal?: AbortSignal | undefined;
  /** The maximum time of one attempt, in milliseconds. */
  timeoutMs: number;
  /** Whether the call may safely be sent twice. */
  idempotent: boolean;
};

export type NodeCallsOptions = {
  nodes: readonly string[];
  retry: RetryPolicy;
  transport: Transport;
  random: () => number;
};

/** The failure of one attempt. */
type Failure = {
  error: Error;
  /** Whether the call may be sent again, to any node. */
  isRetriable: boolean;
  retryAfterMs?: number | undefined;
};

/** Whether another node, or this one later, may respond otherwise. A write may have been made nevertheless. */
export function isPassing(status: number): boolean {
  return status === 429 || status >= 500;
}

/** Sends calls to one node after another until one succeeds, and begins with the node that succeeded last. */
export class NodeCalls {
  readonly #options: NodeCallsOptions;
  #first = 0;

  /** @throws TypeError if a node is no URL */
  constructor(options: NodeCallsOptions) {
    for (const node of options.nodes) requireNodeUrl(node);
    this.#options = options;
  }

  /** The nodes' URLs, the one to ask first at the beginning. */
  get nodes(): readonly string[] {
    const { nodes } = this.#options;
    return [...nodes.slice(this.#first), ...nodes.slice(0, this.#first)];
  }

  /** Remembers the node to ask first. */
  prefer(node: string): void {
    this.#first = Math.max(0, this.#options.nodes.indexOf(node));
  }

  /**
   * Sends a call and returns the body of the successful response.
   *
   * @throws StoreError, UnreachableError, or the reason of the call's signal
   */
  async send(call: Call): Promise<string> {
    if (call.node !== undefined) requireNodeUrl(call.node);
    const { random, retry } = this.#options;
    for (let round = 1; ; round++) {
      const outcome = await this.#askEach(call);
      if ('text' in outcome) return outcome.text;
      if (!outcome.isRetriable || round > retry.rounds) throw outcome.error;
      const { retryAfterMs } = outcome;
      await pause(pauseMs({ policy: retry, round, retryAfterMs, random }), call.signal);
    }
  }

  async #askEach(call: Call): Promise<{ text: string } | Failure> {
    const error = new UnreachableError(`${call.name}: no node is known`, true);
    let failure: Failure = { error, isRetriable: false };
    for (const node of call.node === undefined ? this.nodes : [call.node]) {
      const outcome = await this.#ask(node, call);
      if ('text' in outcome) {
        if (call.node === undefined) this.prefer(node);
        return outcome;
      }
      failure = outcome;
      if (!failure.isRetriable) break;
    }
    return failure;
  }

  async #ask(node: string, call: Call): Promise<{ text: string } | Failure> {
    const { name, signal, timeoutMs, idempotent } = call;
    signal?.throwIfAborted();
    const deadline = startDeadline(timeoutMs, signal);
    try {
      const { path, ...request } = call.request();
      const response = await this.#options.transport.request({
        ...request,
        url: `${withoutSlash(node)}${path}`,
        signal: deadline.signal,
      });
      return response.status === 200 ? { text: response.text } : failureOf(call, response);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof TransportError)) throw error;
      const isNotSent = error.kind === 'refused';
      // Sending a write that may have been made to another node could make it twice.
      const isRetriable = isNotSent || idempotent;
      const warning = isRetriable ? '' : '; the write may have been made';
      const message = `${name}: ${node}: ${reasonOf(error, deadline, timeoutMs)}${warning}`;
      return { error: new UnreachableError(message, isNotSent), isRetriable };
    } finally {
      deadline.stop();
    }
  }
}

function failureOf({ name, idempotent }: Call, { status, text, retryAfterMs }: TransportResponse): Failure {
  const error = errorOf(name, status, text);
  // 429: not handled, and asks to wait. 503 of a node: it cannot now, another may.
  const isNotHandled = status === 429 || (status === 503 && error.code !== undefined);
  const isRetriable =
    !(error instanceof TooFewCopiesError) && (isNotHandled || (idempotent && isPassing(status)));
  return { error, isRetriable, retryAfterMs };
}

function reasonOf({ message }: TransportError, { signal }: Deadline, timeoutMs: number): string {
  return signal.aborted ? `no complete response within ${timeoutMs} ms` : message;
}

/** Removes the slashes at the end of a node's URL. */
export function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
