/** Bodies that are no charge requests, with what is wrong with them. */
export const badCharges: readonly (readonly [wrong: string, raw: string])[] = [
  ['a body that is not JSON', '{"vehicle_id":'],
  ['an empty object', '{}'],
  ['a list', '[]'],
  ['no vehicle_id', '{"charge_amount":22}'],
  ['an empty vehicle_id', '{"vehicle_id":"","charge_amount":22}'],
  ['no charge_amount', '{"vehicle_id":"EV_1"}'],
  ['a charge_amount of 0', '{"vehicle_id":"EV_1","charge_amount":0}'],
  ['a charge_amount of -22', '{"vehicle_id":"EV_1","charge_amount":-22}'],
  ['a charge_amount of "nan"', '{"vehicle_id":"EV_1","charge_amount":"nan"}'],
  ['a charge_amount of NaN', '{"vehicle_id":"EV_1","charge_amount":NaN}'],
  ['a charge_amount of 1e999', '{"vehicle_id":"EV_1","charge_amount":1e999}'],
  ['a charge_amount of null', '{"vehicle_id":"EV_1","charge_amount":null}'],
  ['a charge_amount that is a list', '{"vehicle_id":"EV_1","charge_amount":[22]}'],
  ['a priority that there is not', '{"vehicle_id":"EV_1","charge_amount":22,"priority":"urgent"}'],
];
