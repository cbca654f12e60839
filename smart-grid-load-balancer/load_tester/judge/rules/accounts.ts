/** What came of some charges. */
export type Accounts = {
  accepted: number;
  /** In kW. */
  acceptedKw: number;
  /** Answered with 503. */
  refused: number;
  /** The statuses of all other responses. */
  others: readonly number[];
};

/** Counts the responses to charges, in the same order. */
export function accountsOf(
  charges: readonly { charge_amount: number }[],
  responses: readonly { status: number }[],
): Accounts {
  const accounts = { accepted: 0, acceptedKw: 0, refused: 0, others: [] as number[] };
  for (const [index, { status }] of responses.entries()) {
    if (status === 200) {
      accounts.accepted += 1;
      accounts.acceptedKw += charges[index]?.charge_amount ?? 0;
    } else if (status === 503) accounts.refused += 1;
    else accounts.others.push(status);
  }
  return accounts;
}

/** Whether two figures are the same but for rounding to two digits. */
export function isClose(figure: number, other: number): boolean {
  return Math.abs(figure - other) <= 0.01;
}
