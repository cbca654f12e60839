import type { DiagLogger } from '@opentelemetry/api';
import type { Logger } from '../process/logger.ts';

/** One line a minute: an unreachable collector fails every 5 s. */
const EVERY_MS = 60_000;

/** Logs what the SDK reports, above all that the collector takes no spans. */
export function collectorLog(logger: Logger, now: () => number): DiagLogger {
  let quietUntil = Number.NEGATIVE_INFINITY;
  const warn = (...details: unknown[]) => {
    if (now() < quietUntil) return;
    quietUntil = now() + EVERY_MS;
    const reason = details.map(textOf).join(' ').slice(0, 300);
    logger.warn({ reason }, 'tracing: spans are lost; requests are served as usual');
  };
  const ignore = () => {};
  return { error: warn, warn, info: ignore, debug: ignore, verbose: ignore };
}

/** The SDK reports an error as JSON, whose stack comes first and fills the line; its message says what happened. */
function textOf(detail: unknown): string {
  const text = String(detail);
  try {
    const { code, message }: { code?: unknown; message?: unknown } = Object(JSON.parse(text));
    return [message, code].filter((part) => typeof part === 'string' && part !== '').join(', ') || text;
  } catch {
    return text;
  }
}
