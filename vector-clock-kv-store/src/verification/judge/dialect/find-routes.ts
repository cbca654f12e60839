import { type Exchange, eventually, exchange } from '@gridclock/judge-kit';
import { type ContractClient, isSuccess } from '../system/contract-client.ts';
import { getForms, putForms, type RouteForm } from './dialect.ts';

/** The route that took a write, and its answer. */
export type FoundPut = { form: RouteForm; response: Exchange };

/** Writes 1 by each known route until one takes it; a node that is not ready yet is asked again. */
export async function findPut(
  client: Pick<ContractClient, 'raw'>,
  key: string,
  withinMs: number,
  hasExited: () => boolean = () => false,
): Promise<FoundPut | { refusal: string }> {
  let found: FoundPut | undefined;
  let last = 'no response';
  await eventually(async () => {
    for (const form of putForms) {
      const response = await client.raw(form, { json: { key, value: 1 } });
      if (response.status !== 404 && response.status !== 405)
        last = `${form.method} ${form.path} got ${response.status} ${response.text.slice(0, 200)}`;
      else if (last === 'no response') last = `POST /put and POST /write got ${response.status}`;
      if (isSuccess(response)) found = { form, response };
      // It knows the route, and does not serve yet.
      if (found !== undefined || response.status >= 500) break;
    }
    return found !== undefined || hasExited();
  }, withinMs);
  return found ?? { refusal: `no write was accepted; ${last}` };
}

/** Finds the route that returns the value written. A node that shows its writes late is wrong, and can be judged. */
export async function findGet(url: string, key: string, withinMs: number): Promise<RouteForm | undefined> {
  let found: RouteForm | undefined;
  await eventually(async () => {
    for (const form of getForms) {
      const { body } = await exchange(`${url}${form.path.replace('{key}', encodeURIComponent(key))}`);
      const isValue = typeof body === 'object' && body !== null && 'value' in body && body.value === 1;
      if (isValue) {
        found = form;
        return true;
      }
    }
    return false;
  }, withinMs);
  return found;
}
