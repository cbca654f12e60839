/** Posts JSON. @throws if the response has another status than expected */
export async function post(url: string, body: object, expected = 200): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== expected) throw new Error(`${url} responded ${response.status}: ${text}`);
}
