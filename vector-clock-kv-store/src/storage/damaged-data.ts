/** The data file does not hold what was written to it. The message is one line that names the file and the remedy. */
export class DamagedDataError extends Error {
  override readonly name = 'DamagedDataError';

  /** @param what the damage, as a clause: `page 7 is used twice` */
  constructor(file: string, what: string) {
    super(
      `${file} is damaged: ${what}. Stop the node, move the file away (mv ${file} ${file}.damaged) ` +
        'and start it again: it refills from its peers.',
    );
  }
}
