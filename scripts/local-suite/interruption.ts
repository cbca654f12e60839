/** Aborts on the first signal that asks this process to end: Ctrl-C, SIGTERM, or a closed terminal. */
export function interruption(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => interrupted.abort());
  return interrupted.signal;
}
