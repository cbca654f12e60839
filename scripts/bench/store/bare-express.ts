import express from 'express';
import { z } from 'zod';

/**
 * The ceiling of an Express service on this machine: parses JSON, validates it with zod, and keeps values in a Map. It
 * has no durability, no replication, no limits, no metrics, no request ids and no security headers.
 */
const putSchema = z.object({ key: z.string().min(1), value: z.unknown() });
const getSchema = z.object({ key: z.string().min(1) });

const values = new Map<string, unknown>();
const app = express();
app.use(express.json());
app.post('/put', (request, response) => {
  const { key, value } = putSchema.parse(request.body);
  values.set(key, value);
  response.json({ status: 'ok', vc: { node1: values.size } });
});
app.get('/get', (request, response) => {
  const { key } = getSchema.parse(request.query);
  response.json({ key, value: values.get(key) ?? null, vc: { node1: values.size } });
});
app.get('/ready', (_request, response) => {
  response.json({ status: 'ready' });
});
app.listen(Number(process.env.PORT), '127.0.0.1');
