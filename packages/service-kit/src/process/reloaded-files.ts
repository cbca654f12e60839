import { stat } from 'node:fs/promises';
import { Gauge, type Registry } from 'prom-client';
import { repeat, type Scheduler } from '../pacing/scheduler.ts';

/** Files that belong together and may be replaced while the service runs. */
export type ReloadableFiles = {
  /** In metrics and log lines: the variable or the group of variables that names the files. */
  name: string;
  paths: readonly string[];
  /** Uses the files' present content. Returns whether it differs from before; throws if it cannot be used. */
  load: () => boolean;
};

export type FileReloaderOptions = {
  scheduler: Scheduler;
  /** Milliseconds since 1970. */
  wallClock: () => number;
  logger: Record<'info' | 'error', (fields: object, message: string) => void>;
  registry: Registry;
};

/** 2 s: a change is in use within 4 s; looking at a few files costs some microseconds. */
const INTERVAL_MS = 2_000;

/**
 * Loads files again when they change, and keeps what was loaded before if they cannot be used.
 *
 * It looks at them instead of watching them: notifications miss replaced mounts and links, as Kubernetes uses, and what
 * happens outside a virtual machine. A change is loaded when two looks see the same, so that files which are replaced
 * one after another are loaded together.
 */
export class FileReloader {
  readonly #options: FileReloaderOptions;
  readonly #failing: Gauge<'files'>;
  readonly #loadedAt: Gauge<'files'>;
  #cancel: (() => void) | undefined;
  readonly #watched: WatchedFiles[] = [];

  constructor(options: FileReloaderOptions) {
    this.#options = options;
    const registers = [options.registry];
    this.#failing = new Gauge({
      name: 'service_reload_failing',
      help: '1 while changed files cannot be used, so that the previous content stays in use.',
      labelNames: ['files'],
      registers,
    });
    this.#loadedAt = new Gauge({
      name: 'service_reload_timestamp_seconds',
      help: 'When the content of the files that is in use was loaded, in seconds since 1970.',
      labelNames: ['files'],
      registers,
    });
  }

  /** Starts to watch files whose content was just loaded. */
  watch(files: ReloadableFiles): void {
    this.#failing.set({ files: files.name }, 0);
    this.#loadedAt.set({ files: files.name }, this.#options.wallClock() / 1_000);
    this.#watched.push({ files, seen: undefined, loaded: undefined, reported: undefined });
    this.#cancel ??= repeat(this.#options.scheduler, INTERVAL_MS, () => void this.look());
  }

  stop(): void {
    this.#cancel?.();
  }

  /** Looks at all files once. */
  async look(): Promise<void> {
    for (const watched of this.#watched) this.#compare(watched, await versionOf(watched.files.paths));
  }

  #compare(watched: WatchedFiles, version: string): void {
    const settled = version === watched.seen;
    watched.seen = version;
    if (!settled || version === watched.loaded) return;
    const { name } = watched.files;
    const { logger, wallClock } = this.#options;
    try {
      const changed = watched.files.load();
      watched.loaded = version;
      watched.reported = undefined;
      this.#failing.set({ files: name }, 0);
      if (!changed) return;
      this.#loadedAt.set({ files: name }, wallClock() / 1_000);
      logger.info({ files: name }, 'loaded changed files');
    } catch (error) {
      this.#failing.set({ files: name }, 1);
      // Tried again at each look, but reported once.
      if (watched.reported === version) return;
      watched.reported = version;
      const reason = error instanceof Error ? error.message : String(error);
      logger.error(
        { files: name, reason },
        'changed files cannot be used; the previous content stays in use',
      );
    }
  }
}

type WatchedFiles = {
  files: ReloadableFiles;
  /** The versions that the last look saw, that is in use, and whose failure was reported. */
  seen: string | undefined;
  loaded: string | undefined;
  reported: string | undefined;
};

/** A text that changes with the files. */
async function versionOf(paths: readonly string[]): Promise<string> {
  const versions = await Promise.all(
    paths.map((path) =>
      stat(path, { bigint: true }).then(
        ({ ino, size, mtimeNs }) => `${ino} ${size} ${mtimeNs}`,
        () => 'missing',
      ),
    ),
  );
  return versions.join(', ');
}
