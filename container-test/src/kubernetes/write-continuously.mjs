// Runs inside a client's pod. Writes new keys through the store's Service, each on two nodes, until standard input ends.
// Prints as one JSON line which writes were acknowledged and how the others failed.
import { request } from 'node:http';
import { setTimeout } from 'node:timers/promises';

const acknowledged = [];
const failures = {};
let longestGapMs = 0;
let last = Date.now();
let stopped = false;
process.stdin.on('end', () => (stopped = true)).resume();

for (let n = 0; !stopped; n += 1) {
  const key = `continuous-${n}`;
  const outcome = await put({ key, value: n, acks: 2 }).catch((error) => error.code ?? error.message);
  if (outcome === 200) {
    acknowledged.push(key);
    longestGapMs = Math.max(longestGapMs, Date.now() - last);
    last = Date.now();
  } else failures[outcome] = (failures[outcome] ?? 0) + 1;
  await setTimeout(20);
}
process.stdout.write(`${JSON.stringify({ acknowledged, failures, longestGapMs })}\n`);

/** Uses a new connection, and so any ready node. */
function put(body) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const options = { method: 'POST', agent: false, headers, timeout: 3_000 };
    const sent = request('http://store:5000/put?wait_ms=1000', options, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    sent.on('timeout', () => sent.destroy(new Error('timeout'))).on('error', reject);
    sent.end(JSON.stringify(body));
  });
}
