// Runs inside a substation's container, where it also reaches a substation without a network. Prints the sessions and
// metrics as one JSON line at a time, until standard input ends.
import { setTimeout } from 'node:timers/promises';

/** Sessions last at least four seconds, so none goes unobserved. */
const INTERVAL_MS = 200;

const base = `http://127.0.0.1:${process.env.PORT}`;
process.stdin.on('end', () => process.exit()).resume();

for (;;) {
  await report().catch(() => undefined);
  await setTimeout(INTERVAL_MS);
}

/** Rejects while the substation is starting. */
async function report() {
  const metrics = await (await fetch(`${base}/metrics`)).text();
  const { sessions } = await (await fetch(`${base}/sessions`)).json();
  const own = metrics.split('\n').filter((line) => line.startsWith('substation_'));
  process.stdout.write(`${JSON.stringify({ sessions, metrics: own.join('\n') })}\n`);
}
