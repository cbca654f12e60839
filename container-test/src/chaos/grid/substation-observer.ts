import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { execa } from 'execa';
import pWaitFor from 'p-wait-for';
import type { Docker } from '../../docker/command.ts';
import { inspectContainer } from '../../docker/inspect.ts';
import type { Project } from '../../docker/project.ts';
import {
  addObservation,
  incarnationFound,
  lifeIn,
  newIncarnation,
  type Observation,
  parseObservation,
  type SubstationIncarnation,
} from './substation-incarnation.ts';

/** The pause before a container that is down or paused is tried again, in milliseconds. */
const RETRY_AFTER_MS = 250;

/** Observations come five times a second; this limit allows for a busy machine, in milliseconds. */
const OBSERVED_TIMEOUT_MS = 30_000;

/** Observes substations from inside their containers, through all their incarnations. */
export class SubstationObserver {
  readonly #docker: Docker;
  readonly #script: string;
  readonly #stopped = new AbortController();
  readonly #incarnations: SubstationIncarnation[] = [];
  readonly #current = new Map<string, SubstationIncarnation>();
  readonly #attached = new Set<string>();
  #following: Promise<unknown> = Promise.resolve();

  private constructor(docker: Docker, script: string) {
    this.#docker = docker;
    this.#script = script;
  }

  /** Starts observing, and resolves when every substation has been observed. */
  static async start(
    project: Pick<Project, 'containerOf' | 'docker'>,
    services: readonly string[],
  ): Promise<SubstationObserver> {
    const script = await readFile(new URL('./report-sessions.mjs', import.meta.url), 'utf8');
    const observer = new SubstationObserver(project.docker, script);
    const ids = await Promise.all(services.map((service) => project.containerOf(service)));
    const following = services.map((service, index) => observer.#follow(service, ids[index] ?? ''));
    observer.#following = Promise.all(following);
    // stop() and abandon() await it and thereby handle a rejection.
    observer.#following.catch(() => {});
    await observer.#untilObserved(services);
    return observer;
  }

  /** Whether the observing process runs in the substation's container and none is being started there. */
  isAttached(service: string): boolean {
    return this.#attached.has(service);
  }

  /** Observes each substation once more and stops. Resolves to all incarnations, including the running ones. */
  async stop(): Promise<readonly SubstationIncarnation[]> {
    try {
      await Promise.race([this.#following, this.#untilObserved([...this.#current.keys()])]);
    } finally {
      this.#stopped.abort();
    }
    await this.#following;
    return this.#incarnations;
  }

  /** Stops at once and ignores errors. */
  async abandon(): Promise<void> {
    this.#stopped.abort();
    await this.#following.catch(() => {});
  }

  /** Waits for two more observations of every service: the second one began after this call. */
  async #untilObserved(services: readonly string[]): Promise<void> {
    const countOf = (service: string) => this.#current.get(service)?.observations ?? 0;
    const before = new Map(services.map((service) => [service, countOf(service)]));
    const observed = () => services.every((service) => countOf(service) >= (before.get(service) ?? 0) + 2);
    await pWaitFor(observed, { interval: 50, timeout: OBSERVED_TIMEOUT_MS });
  }

  async #follow(service: string, id: string): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const { running, startedAt } = await inspectContainer(this.#docker, id);
      if (running) await this.#observe(service, id, startedAt);
      await setTimeout(RETRY_AFTER_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** Observes one process until its container exits or the observer stops. */
  async #observe(service: string, id: string, startedAt: number): Promise<void> {
    const { signal } = this.#stopped;
    const command = ['exec', '--interactive', id, 'node', '--input-type=module', '--eval', this.#script];
    const reporter = execa('docker', command, { buffer: false, reject: false, cancelSignal: signal });
    let incarnation: SubstationIncarnation | undefined;
    try {
      for await (const line of reporter) {
        const observation = parseObservation(line);
        incarnation ??= await this.#incarnationOf(service, id, startedAt, observation);
        if (incarnation === undefined) return;
        this.#attached.add(service);
        addObservation(incarnation, observation);
      }
    } catch (error) {
      // A killed container may leave a truncated line.
      if (!signal.aborted && !(error instanceof SyntaxError)) throw error;
    } finally {
      this.#attached.delete(service);
      reporter.stdin.end();
      await reporter;
    }
  }

  /** The observed incarnation; undefined if the container restarted before the first observation. */
  async #incarnationOf(
    service: string,
    id: string,
    startedAt: number,
    observation: Observation,
  ): Promise<SubstationIncarnation | undefined> {
    if ((await inspectContainer(this.#docker, id)).startedAt !== startedAt) return undefined;
    const life = lifeIn(service, observation);
    const own = this.#incarnations.filter(({ substation }) => substation === service);
    const known = own.find((incarnation) => incarnation.life === life);
    const incarnation =
      known ??
      (own.length === 0
        ? incarnationFound(service, startedAt, observation)
        : newIncarnation(service, life, startedAt));
    if (known === undefined) this.#incarnations.push(incarnation);
    this.#current.set(service, incarnation);
    return incarnation;
  }
}
