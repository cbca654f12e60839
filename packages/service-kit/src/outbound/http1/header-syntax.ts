/** A name of a header (RFC 9110, section 5.1). */
const NAME = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

/** What a value of a header may have, read as latin1: no control character but the tab. */
export const VALUE = '[\\t\\x20-\\x7e\\x80-\\xff]*';

/** A header without the end of its line, and without spaces between the name and the colon. */
export const HEADER = `${NAME}:${VALUE}`;

export const headerName = new RegExp(`^${NAME}$`);
export const headerValue = new RegExp(`^${VALUE}$`);
export const headerLine = new RegExp(`^${HEADER}$`);
