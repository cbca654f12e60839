// Runs inside a substation's container, where also a substation is heard that is cut off from every network. Writes
// a line for each look at it, until its standard input ends.
import { setTimeout } from 'node:timers/promises';

/** Sessions last four seconds at least, so that none passes unseen. */
const LOOK_EVERY_MS = 200;

const base = `http://127.0.0.1:${process.env.PORT}`;
process.stdin.on('end', () => process.exit()).resume();

for (;;) {
  await look().catch(() => undefined);
  await setTimeout(LOOK_EVERY_MS);
}

/** Rejects while the substation is starting. */
async function look() {
  const metrics = await (await fetch(`${base}/metrics`)).text();
  const { sessions } = await (await fetch(`${base}/sessions`)).json();
  const own = metrics.split('\n').filter((line) => line.startsWith('substation_'));
  process.stdout.write(`${JSON.stringify({ sessions, metrics: own.join('\n') })}\n`);
}
