/** The latest events of one node, as JSON, limited in number and size. */
export class EventRing {
  readonly #limits: { events: number; bytes: number };
  #texts: string[] = [];
  #bytes = 0;

  constructor(limits: { events: number; bytes: number }) {
    this.#limits = limits;
  }

  add(texts: readonly string[]): void {
    for (const text of texts) this.#bytes += text.length;
    this.#texts.push(...texts);
    let dropped = 0;
    while (
      this.#texts.length - dropped > this.#limits.events ||
      (this.#bytes > this.#limits.bytes && dropped < this.#texts.length - 1)
    )
      this.#bytes -= this.#texts[dropped++]?.length ?? 0;
    if (dropped > 0) this.#texts = this.#texts.slice(dropped);
  }

  get texts(): readonly string[] {
    return this.#texts;
  }
}
