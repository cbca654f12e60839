import type { MeasuredRow, Report } from '../compare/report.ts';

/** Figures of a report by the names that its rows give them. A missing one is an error, so that no plan is made without it. */
export class Measured {
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  /** Returns a cell of a table. @param label of the cell's line: its first cell */
  cell(row: string, label: string | number, column: string): number {
    const { result } = this.#row(row);
    const line = result.kind === 'table' ? result.rows.find(([first]) => first === label) : undefined;
    const value = result.kind === 'table' ? line?.[result.columns.indexOf(column)] : undefined;
    return this.#number(value, `${row}: ${label}, ${column}`);
  }

  /** Returns the first cells of a table's lines that are numbers. */
  labels(row: string): number[] {
    const { result } = this.#row(row);
    const firsts = result.kind === 'table' ? result.rows.map(([first]) => first) : [];
    return firsts.filter((first) => typeof first === 'number');
  }

  /** Returns the median of what is measured of the first contender, which is ours. */
  ours(row: string, figure: string): number {
    const { result } = this.#row(row);
    const value = result.kind === 'comparison' ? result.contenders[0]?.figures[figure]?.median : undefined;
    return this.#number(value, `${row}: ${figure}`);
  }

  #row(name: string): MeasuredRow {
    const row = this.#report.rows.find((candidate) => candidate.name === name);
    if (row === undefined) throw new Error(`performance.json has no row ${name}`);
    return row;
  }

  #number(value: unknown, what: string): number {
    if (typeof value !== 'number') throw new Error(`performance.json has no figure ${what}`);
    return value;
  }
}
