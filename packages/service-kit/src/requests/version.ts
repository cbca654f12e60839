/** The release of every service; that of package.json. */
export const VERSION = '0.1.0';
