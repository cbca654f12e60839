import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTemporaryDirectory } from '@gridclock/local-service';
import { execa } from 'execa';
import { type WrkRequest, wrkScript } from './wrk-script.ts';

export type WrkOptions = {
  /** The server, without a path. */
  url: string;
  connections: number;
  seconds: number;
  requests: readonly WrkRequest[];
};

/** What wrk saw. Latencies are in milliseconds. */
export type WrkResult = { perSecond: number; p50Ms: number; p99Ms: number; requests: number };

/** Prints the summary as JSON: wrk's own output is for people. */
const SUMMARY = `
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format('\\nSUMMARY {"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"failed":%d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
`;

/**
 * Loads a server with wrk, a client that takes little of the machine.
 *
 * @throws if any request failed: a refusal is faster than a response, and would count as speed
 */
export async function runWrk({ connections, requests: sent, seconds, url }: WrkOptions): Promise<WrkResult> {
  const directory = await createTemporaryDirectory();
  try {
    const file = join(directory.path, 'script.lua');
    await writeFile(file, `${wrkScript(sent)}\n${SUMMARY}`);
    const { stdout } = await execa('wrk', [
      '--threads=1',
      `--connections=${connections}`,
      `--duration=${seconds}s`,
      '--timeout=10s',
      `--script=${file}`,
      url,
    ]);
    const [, summary] = /^SUMMARY (.*)$/m.exec(stdout) ?? [];
    if (summary === undefined) throw new Error(`wrk printed no summary: ${stdout}`);
    const { failed, microseconds, p50, p99, requests } = JSON.parse(summary);
    if (failed > 0) throw new Error(`${failed} of ${requests} requests to ${url} failed`);
    return { requests, perSecond: (requests * 1e6) / microseconds, p50Ms: p50 / 1e3, p99Ms: p99 / 1e3 };
  } finally {
    await directory.remove();
  }
}
