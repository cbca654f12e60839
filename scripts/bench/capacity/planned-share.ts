/** 60 % of a core: above it, waiting times grow quickly, and collections of garbage need a share too. */
export const PLANNED_SHARE = { share: 0.6, percent: 60 };
