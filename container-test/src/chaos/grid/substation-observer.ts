import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { execa } from 'execa';
import pWaitFor from 'p-wait-for';
import { standingOf } from '../../docker/inspect.ts';
import type { Project } from '../../docker/project.ts';
import { addLook, type Life, newLife } from './substation-incarnation.ts';

/** Before a container that is down, or paused, is tried again, in milliseconds. */
const AGAIN_AFTER_MS = 250;

/** Every substation is looked at five times a second; this is for a busy machine, in milliseconds. */
const LOOKED_AT_WITHIN_MS = 30_000;

/** Watches substations from inside their containers, through all their lives. */
export class SubstationWatch {
  readonly #docker: Project['docker'];
  readonly #script: string;
  readonly #stopped = new AbortController();
  readonly #lives: Life[] = [];
  readonly #current = new Map<string, Life>();
  readonly #inside = new Set<string>();
  #following: Promise<unknown> = Promise.resolve();

  private constructor(docker: Project['docker'], script: string) {
    this.#docker = docker;
    this.#script = script;
  }

  /** Begins to watch, and resolves once every substation has been seen. */
  static async begin(
    project: Pick<Project, 'containerOf' | 'docker'>,
    services: readonly string[],
  ): Promise<SubstationWatch> {
    const script = await readFile(new URL('./report-sessions.mjs', import.meta.url), 'utf8');
    const watch = new SubstationWatch(project.docker, script);
    const ids = await Promise.all(services.map((service) => project.containerOf(service)));
    const following = services.map((service, index) => watch.#follow(service, ids[index] ?? ''));
    watch.#following = Promise.all(following);
    // Awaited, and thereby heard of, in stop().
    watch.#following.catch(() => {});
    await watch.#seen(services);
    return watch;
  }

  /** Whether the process that looks is in the substation's container, and no other is being brought there. */
  isInside(service: string): boolean {
    return this.#inside.has(service);
  }

  /** Looks at each substation for the last time, and ends. Returns all lives, the last of each included. */
  async stop(): Promise<readonly Life[]> {
    try {
      await Promise.race([this.#following, this.#seen([...this.#current.keys()])]);
    } finally {
      this.#stopped.abort();
    }
    await this.#following;
    return this.#lives;
  }

  /** Ends, whatever there is still to see. */
  async abandon(): Promise<void> {
    this.#stopped.abort();
    await this.#following.catch(() => {});
  }

  /** Resolves once every service was looked at twice more: the second look began after this call. */
  async #seen(services: readonly string[]): Promise<void> {
    const before = new Map(services.map((service) => [service, this.#current.get(service)?.looks ?? 0]));
    const seen = () =>
      services.every((service) => (this.#current.get(service)?.looks ?? 0) >= (before.get(service) ?? 0) + 2);
    await pWaitFor(seen, { interval: 50, timeout: LOOKED_AT_WITHIN_MS });
  }

  async #follow(service: string, id: string): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const { running, startedAt } = await standingOf(this.#docker, id);
      if (running) await this.#watchLife(service, id, startedAt);
      await setTimeout(AGAIN_AFTER_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** Ends with the container, or when the watch ends. */
  async #watchLife(service: string, id: string, startedAt: string): Promise<void> {
    const signal = this.#stopped.signal;
    const command = ['exec', '--interactive', id, 'node', '--input-type=module', '--eval', this.#script];
    const looking = execa('docker', command, { buffer: false, reject: false, cancelSignal: signal });
    let life: Life | undefined;
    try {
      for await (const line of looking) {
        life ??= await this.#lifeOf(service, id, startedAt);
        if (life === undefined) return;
        this.#inside.add(service);
        addLook(life, line);
      }
    } catch (error) {
      // A line may be cut short where the container is killed.
      if (!signal.aborted && !(error instanceof SyntaxError)) throw error;
    } finally {
      this.#inside.delete(service);
      looking.stdin.end();
      await looking;
    }
  }

  /** The life that is looked at, unless the container was started anew before the first look. */
  async #lifeOf(service: string, id: string, startedAt: string): Promise<Life | undefined> {
    if ((await standingOf(this.#docker, id)).startedAt !== startedAt) return undefined;
    const startedMs = Date.parse(startedAt);
    const known = this.#lives.find((life) => life.substation === service && life.startedAt === startedMs);
    const life = known ?? newLife(service, startedMs);
    if (known === undefined) this.#lives.push(life);
    this.#current.set(service, life);
    return life;
  }
}
