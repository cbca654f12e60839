/** The options of the checks of one secured suite. */
export type SecureOptions = {
  /** The repository's root, absolute. */
  root: string;
  /** The prefix of the project's name. */
  name: string;
  /** The folder for secrets. */
  folder: string;
  /** An image with Caddy. */
  caddy: string;
};
