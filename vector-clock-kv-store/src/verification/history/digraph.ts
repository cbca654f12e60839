/** A directed graph: the successors of each vertex. Vertices are numbers from 0. */
export type Digraph = readonly (readonly number[])[];

/**
 * Orders the vertices so that every edge leads forwards (A. B. Kahn, "Topological Sorting of Large
 * Networks", 1962), or finds a cycle: its vertices in the order of its edges.
 */
export function topologicalOrder(
  graph: Digraph,
): { order: readonly number[] } | { cycle: readonly number[] } {
  const unordered = new Int32Array(graph.length);
  for (const successors of graph) for (const to of successors) unordered[to] = (unordered[to] ?? 0) + 1;
  const order: number[] = [];
  for (let vertex = 0; vertex < graph.length; vertex++) if (unordered[vertex] === 0) order.push(vertex);
  for (let next = 0; next < order.length; next++) {
    for (const to of graph[order[next] ?? 0] ?? []) {
      const left = (unordered[to] ?? 0) - 1;
      unordered[to] = left;
      if (left === 0) order.push(to);
    }
  }
  if (order.length === graph.length) return { order };
  const start = vertexOnCycle(graph, unordered);
  return { cycle: shortestPath(graph, start, start) ?? [] };
}

/**
 * The shortest way that takes at least one edge, so that from a vertex to itself it is a cycle.
 *
 * @returns the vertices from `from` up to, but without, `to`; undefined when there is no way
 */
export function shortestPath(graph: Digraph, from: number, to: number): number[] | undefined {
  const cameFrom = new Int32Array(graph.length).fill(-1);
  const reached = [from];
  for (let next = 0; next < reached.length; next++) {
    const vertex = reached[next] ?? 0;
    for (const successor of graph[vertex] ?? []) {
      if (successor === to) return wayBack(cameFrom, from, vertex).reverse();
      if (successor === from || cameFrom[successor] !== -1) continue;
      cameFrom[successor] = vertex;
      reached.push(successor);
    }
  }
  return undefined;
}

/** @param unordered how many edges lead to each vertex from vertices that cannot be ordered */
function vertexOnCycle(graph: Digraph, unordered: Int32Array): number {
  const predecessor = new Int32Array(graph.length);
  let vertex = 0;
  for (const [from, successors] of graph.entries()) {
    if (unordered[from] === 0) continue;
    vertex = from;
    for (const to of successors) predecessor[to] = from;
  }
  // Each vertex that cannot be ordered has a predecessor that cannot: so many steps back end in a cycle.
  for (let step = 0; step < graph.length; step++) vertex = predecessor[vertex] ?? 0;
  return vertex;
}

function wayBack(cameFrom: Int32Array, from: number, last: number): number[] {
  const way = [last];
  for (let vertex = last; vertex !== from; way.push(vertex)) vertex = cameFrom[vertex] ?? from;
  return way;
}
