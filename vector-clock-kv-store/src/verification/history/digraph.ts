/** A directed graph as the successors of each vertex. Vertices are numbers from 0. */
export type Digraph = readonly (readonly number[])[];

/**
 * Sorts the vertices so that every edge points forwards, or finds a cycle.
 *
 * Source: A. B. Kahn, "Topological Sorting of Large Networks" (1962).
 *
 * @returns the sorted vertices, or those of one cycle in the order of its edges
 */
export function topologicalOrder(
  graph: Digraph,
): { order: readonly number[] } | { cycle: readonly number[] } {
  const indegree = new Int32Array(graph.length);
  for (const successors of graph) for (const to of successors) indegree[to] = (indegree[to] ?? 0) + 1;
  const order: number[] = [];
  for (let vertex = 0; vertex < graph.length; vertex++) if (indegree[vertex] === 0) order.push(vertex);
  for (let next = 0; next < order.length; next++) {
    for (const to of graph[order[next] ?? 0] ?? []) {
      const remaining = (indegree[to] ?? 0) - 1;
      indegree[to] = remaining;
      if (remaining === 0) order.push(to);
    }
  }
  if (order.length === graph.length) return { order };
  const start = vertexOnCycle(graph, indegree);
  return { cycle: shortestPath(graph, start, start) ?? [] };
}

/**
 * Finds the shortest path of at least one edge; from a vertex to itself it is a cycle.
 *
 * @returns the vertices from `from` up to but excluding `to`, or undefined when there is no path
 */
export function shortestPath(graph: Digraph, from: number, to: number): number[] | undefined {
  const predecessors = new Int32Array(graph.length).fill(-1);
  const reached = [from];
  for (let next = 0; next < reached.length; next++) {
    const vertex = reached[next] ?? 0;
    for (const successor of graph[vertex] ?? []) {
      if (successor === to) return reconstructPath(predecessors, from, vertex).reverse();
      if (successor === from || predecessors[successor] !== -1) continue;
      predecessors[successor] = vertex;
      reached.push(successor);
    }
  }
  return undefined;
}

/** @param indegree how many edges lead to each vertex from unsorted vertices */
function vertexOnCycle(graph: Digraph, indegree: Int32Array): number {
  const predecessor = new Int32Array(graph.length);
  let vertex = 0;
  for (const [from, successors] of graph.entries()) {
    if (indegree[from] === 0) continue;
    vertex = from;
    for (const to of successors) predecessor[to] = from;
  }
  // Every unsorted vertex has an unsorted predecessor, so this many steps back lead into a cycle.
  for (let step = 0; step < graph.length; step++) vertex = predecessor[vertex] ?? 0;
  return vertex;
}

function reconstructPath(predecessors: Int32Array, from: number, last: number): number[] {
  const path = [last];
  for (let vertex = last; vertex !== from; path.push(vertex)) vertex = predecessors[vertex] ?? from;
  return path;
}
