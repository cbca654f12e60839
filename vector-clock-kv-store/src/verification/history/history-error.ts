/** A history that cannot be checked. The message is one line and starts with the path of the invalid value. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError';
}
