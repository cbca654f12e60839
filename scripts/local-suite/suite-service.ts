import { type LocalService, startLocalService } from '@gridclock/local-service';
import { HttpError } from '@gridclock/service-kit';
import { actionsIn, type ControlAction, type ServiceState } from '@gridclock/ui-kit/live/states';
import type { PlannedService } from './plan.ts';

export type SuiteServiceOptions = {
  /** Called with each line that the service writes. */
  onLine: (line: string) => void;
  /** Called when the process exits and nobody has stopped it; `reason` is its signal or exit code. */
  onUnexpectedExit: (reason: string) => void;
  /** Starts the process; a real one by default. */
  startProcess?: typeof startLocalService;
};

/** A service of the suite, whose process can be killed, paused and started again. */
export class SuiteService {
  readonly name: string;
  readonly #planned: PlannedService;
  readonly #options: SuiteServiceOptions;
  #process: LocalService | undefined;
  #state: ServiceState = 'stopped';
  /** Processes that exit because they were told to. */
  readonly #told = new WeakSet<LocalService>();
  #isOver = false;

  constructor(planned: PlannedService, options: SuiteServiceOptions) {
    this.name = planned.name;
    this.#planned = planned;
    this.#options = options;
  }

  get state(): ServiceState {
    return this.#state;
  }

  /** Starts the process and waits until it is ready. @throws if it exits first, or takes too long */
  async start(): Promise<void> {
    const { onLine, onUnexpectedExit, startProcess = startLocalService } = this.#options;
    const { entryFile, environment, name, port } = this.#planned;
    const process = startProcess({ name, entryFile, port, environment, onLine });
    this.#process = process;
    this.#state = 'starting';
    void process.exited.then(({ exitCode, signal }) => {
      if (this.#process === process) this.#state = 'stopped';
      if (!this.#isOver && !this.#told.has(process)) onUnexpectedExit(signal ?? `exit code ${exitCode}`);
    });
    await process.ready();
    if (this.#process === process && this.#state === 'starting') this.#state = 'running';
  }

  /** Does something to the process, as far as its state allows it. Does not wait until the service is ready again. */
  act(action: ControlAction): void {
    if (this.#isOver || !actionsIn(this.#state).includes(action))
      throw new HttpError(409, `${this.name} is ${this.#state}: ${action} is not possible`);
    const process = this.#process;
    if (action === 'pause' || action === 'resume') {
      process?.signal(action === 'pause' ? 'SIGSTOP' : 'SIGCONT');
      this.#state = action === 'pause' ? 'paused' : 'running';
      return;
    }
    const wasRunning = this.#state !== 'stopped';
    if (process !== undefined) this.#told.add(process);
    if (wasRunning) process?.signal('SIGKILL');
    if (action === 'restart') void this.#startAfter(process);
  }

  /** Stops the process; resolves once it has exited. It cannot be started again. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#process?.stop();
  }

  /** Starts the process once an earlier one has let go of its port and its data. */
  async #startAfter(earlier: LocalService | undefined): Promise<void> {
    this.#state = 'starting';
    await earlier?.exited;
    if (this.#isOver) return;
    await this.start().catch((error: unknown) =>
      this.#options.onLine(error instanceof Error ? error.message : String(error)),
    );
  }
}
