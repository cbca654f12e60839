import type { ApiDocument } from './document.ts';

/** Reads the document of the service that this page comes from. The path is relative, as a proxy may have put it deeper. */
export async function readDocument(): Promise<ApiDocument> {
  const response = await fetch('openapi.json');
  if (!response.ok) throw new Error(`The document could not be read: status ${response.status}`);
  return response.json();
}
