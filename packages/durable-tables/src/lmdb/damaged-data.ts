/** The data file does not hold what was written to it. The message is one line that names the file and the remedy. */
export class DamagedDataError extends Error {
  override readonly name = 'DamagedDataError';

  /** @param what the damage, as a clause: `page 7 is used twice` */
  constructor(file: string, what: string) {
    super(
      `${file} is damaged: ${what}. Stop the service, move the file away (mv ${file} ${file}.damaged) ` +
        'and start it again. A store node refills from its peers; a grid service begins without its records.',
    );
  }
}
