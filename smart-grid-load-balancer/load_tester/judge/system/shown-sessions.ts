import type { GridClient } from './grid-client.ts';

/** A session that a substation shows. */
export type ShownSession = { substation: string; vehicle: string; kw: number };

/** Reads the sessions that substations show in their status. */
export async function sessionsAt(
  substations: readonly { id: string; client: GridClient }[],
): Promise<ShownSession[]> {
  const lists = await Promise.all(
    substations.map(async ({ client, id }) => {
      const { body } = await client.get('/status');
      return Object.values(Object(Object(body).sessions)).map((session) => {
        const { vehicle_id, charge_amount } = Object(session);
        return { substation: id, vehicle: String(vehicle_id), kw: Number(charge_amount) };
      });
    }),
  );
  return lists.flat();
}
