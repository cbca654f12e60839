/** Why failures are faults, where more than one probe shows them. */
export const whys = {
  metrics:
    'A balancer knows of a substation only what its metrics say. If they disagree with its sessions, requests go to a substation that has no room, or pass by one that has.',
  badInput:
    'A client that sends nonsense must learn it, so the answer is a 4xx. A service that takes it keeps it: a load of NaN compares as neither full nor free, and a negative one makes room that is not there.',
  herd: 'Between two polls the metrics do not change, but the balancer knows what it has sent since. If it does not count that, every request goes to the substation that was least loaded at the last poll, until it is full.',
  fullGrid:
    'A substation that is full refuses with a 503, which is an answer and no failure: another may have room, and if none has, the driver must learn that the grid is full (503), not that it is broken (500).',
  unusableMetrics:
    'Such metrics say nothing about the load, and a substation that shows them may be broken. NaN is neither smaller nor larger than any load, and a missing one easily counts as 0, so that the substation becomes the favourite.',
  deadFavourite:
    'A substation that has failed keeps the load of its last poll for ever, which is the lowest. If the balancer does not notice, it sends every request there, although the others have room.',
  doubleCharge:
    'A request that got no answer may have been accepted. Only the substation that got it knows, so only that one may be asked again, with the same request_id. Sent elsewhere, or under another id, it charges the vehicle twice.',
} as const;
