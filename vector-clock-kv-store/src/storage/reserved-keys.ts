/** The key of the cluster's own membership records. Clients cannot name it: their keys have no NUL. */
export const MEMBERS_KEY = '\0members';
