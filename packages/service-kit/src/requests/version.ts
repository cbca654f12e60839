/** The release of every service; that of package.json. */
export const VERSION = '0.2.0';
