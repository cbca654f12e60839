/**
 * Lets a task run for so long at most.
 *
 * @param task gets a signal that comes at the deadline, or earlier with `interrupted`
 */
export async function withDeadline<Result>(
  ms: number,
  interrupted: AbortSignal,
  task: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  const end = () => over.abort();
  const timer = setTimeout(end, ms);
  interrupted.addEventListener('abort', end);
  if (interrupted.aborted) end();
  try {
    return await task(over.signal);
  } finally {
    clearTimeout(timer);
    interrupted.removeEventListener('abort', end);
  }
}
