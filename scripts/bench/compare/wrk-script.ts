/** Requests that wrk sends in turn, over and over: a path, and a JSON body if it is a POST. */
export type WrkRequest = { path: string; body?: string };

/** Returns Lua that makes wrk send requests in turn. */
export function wrkScript(requests: readonly WrkRequest[]): string {
  const formatted = requests.map(({ body, path }) =>
    body === undefined
      ? `wrk.format("GET", ${luaString(path)})`
      : `wrk.format("POST", ${luaString(path)}, json, ${luaString(body)})`,
  );
  // Formatted in `init`, because the headers are not complete before.
  return `
local json = { ["Content-Type"] = "application/json" }
local requests, n = {}, 0
init = function()
  json["Host"] = wrk.headers["Host"]
  ${formatted.map((request) => `requests[#requests + 1] = ${request}`).join('\n  ')}
end
request = function()
  n = n % #requests + 1
  return requests[n]
end
`;
}

function luaString(text: string): string {
  return `[==[${text}]==]`;
}
