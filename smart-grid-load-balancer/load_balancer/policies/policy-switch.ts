import { createPolicy, type PolicyName } from './index.ts';
import type { Policy } from './policy.ts';

/** Holds the policy in force, which an administrator may change while the balancer runs. */
export class PolicySwitch {
  #name: PolicyName;
  #policy: Policy;

  constructor(name: PolicyName) {
    this.#name = name;
    this.#policy = createPolicy(name);
  }

  get name(): PolicyName {
    return this.#name;
  }

  /** What the policy in force minimizes, where it chooses the lowest of one figure. */
  get cost(): Policy['cost'] {
    return this.#policy.cost;
  }

  /** Chooses by the policy in force. */
  readonly choose: Policy = (fitting, random) => this.#policy(fitting, random);

  /** Puts another policy in force. It begins without state. */
  use(name: PolicyName): void {
    if (name === this.#name) return;
    this.#name = name;
    this.#policy = createPolicy(name);
  }
}
