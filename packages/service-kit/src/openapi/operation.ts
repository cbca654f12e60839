import type { z } from 'zod';
import type { ProblemCode } from '../problems/problem-codes.ts';

/** A request to an operation, and the response that it gets. A test sends each example and compares. */
export type Example = {
  summary: string;
  path?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, unknown>>;
  headers?: Readonly<Record<string, unknown>>;
  body?: unknown;
  status: number;
  /**
   * The body of the response; of a stream, its beginning. Ids, times and loads in it may differ. The fields that every
   * error has are added.
   */
  response: unknown;
};

/** Another operation that a client may call with what it got from this one. */
export type Link = {
  /** The id of that operation. */
  to: string;
  description: string;
  /** By the names of its parameters, where their values are: `$response.body#/vc`. */
  parameters: Readonly<Record<string, string>>;
};

/** A successful response: JSON of a schema, or text of another media type. */
export type DescribedResponse = { description: string } & (
  | { schema: z.ZodType }
  | { type: string; text?: z.ZodType }
  | { empty: true }
);

/** An error response: a code with its usual status, or with another one. */
export type DescribedError = ProblemCode | { status: number; code: ProblemCode };

/** One method of one path. */
export type Operation = {
  method: 'get' | 'post' | 'put' | 'delete';
  /** As in OpenAPI: `/sessions/{id}`. */
  path: string;
  /** Names the operation in generated clients. */
  id: string;
  tag: string;
  summary: string;
  description?: string;
  /** The schemas that the route validates with. */
  params?: z.ZodObject;
  query?: z.ZodObject;
  headers?: z.ZodObject;
  body?: z.ZodType;
  isBodyOptional?: true;
  /** The names of security schemes, one of which a request needs. `optional`: also none is accepted. */
  security?: readonly string[];
  responses: Readonly<Record<number, DescribedResponse>>;
  /** Beside those that every operation has. */
  errors?: readonly DescribedError[];
  examples?: Readonly<Record<string, Example>>;
  /** By name; of every successful response. */
  links?: Readonly<Record<string, Link>>;
};

/** What an OpenAPI document says of a service. */
export type ApiDescription = {
  title: string;
  description: string;
  /** The tags in the order of the document, each with its meaning. */
  tags: Readonly<Record<string, string>>;
  /** By name; each is a bearer token. */
  tokens?: Readonly<Record<string, string>>;
  operations: readonly Operation[];
  /** Whether clients have a rate limit, so that any operation may respond with 429. */
  hasRateLimit?: boolean;
};
