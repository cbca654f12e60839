/**
 * Finds members that are one substation under several names, such as `localhost` and `127.0.0.1`, by the life in its
 * reports. Counted twice, it would be sent twice what it can take.
 *
 * One member represents such a substation: the first by id that responds to polls, so that the others replace it when
 * its name fails. A member whose reports carry no life, of another implementation, represents itself.
 */
export class SubstationIdentities {
  readonly #responds: (id: string) => boolean;
  readonly #lives = new Map<string, string>();
  /** By life, sorted. Nearly always one. */
  readonly #members = new Map<string, string[]>();

  /** @param responds whether a member responds to polls */
  constructor(responds: (id: string) => boolean) {
    this.#responds = responds;
  }

  /** Whether some substation has several names. */
  get areShared(): boolean {
    return this.#lives.size > this.#members.size;
  }

  /** Records the life in a member's report. */
  reported(id: string, life: string | undefined): void {
    if (this.#lives.get(id) === life) return;
    this.removed(id);
    if (life === undefined) return;
    this.#lives.set(id, life);
    this.#members.set(life, [...(this.#members.get(life) ?? []), id].sort());
  }

  removed(id: string): void {
    const life = this.#lives.get(id);
    if (life === undefined) return;
    this.#lives.delete(id);
    const others = this.#members.get(life)?.filter((other) => other !== id) ?? [];
    if (others.length === 0) this.#members.delete(life);
    else this.#members.set(life, others);
  }

  /** Returns the member that represents this member's substation; undefined if it does so itself. */
  sameAs(id: string): string | undefined {
    // As many lives as members: nobody has two names.
    if (this.#members.size === this.#lives.size) return undefined;
    const members = this.#members.get(this.#lives.get(id) ?? '') ?? [];
    if (members.length < 2) return undefined;
    const representative = members.find(this.#responds) ?? members[0];
    return representative === id ? undefined : representative;
  }
}
