import type { TracedProcess } from './traced-process.ts';
import type { Tracing } from './tracing.ts';

/** Starts to record traces. Loads the SDK, which takes 80 ms of CPU time and 10 MB, so only where tracing is on. */
export async function startTracing(process: TracedProcess): Promise<Tracing> {
  const { startOpenTelemetry } = await import('./open-telemetry.ts');
  return startOpenTelemetry(process);
}
