import { CommandError } from "../errors.ts";
import { fieldsOf, isObject, numberOf, parseJson, textOf } from "../untrusted-json.ts";

/** What the server's answers have in common (REST API of Incus and LXD). */
export type Answer =
  | { readonly type: "sync"; readonly metadata: unknown }
  | { readonly type: "async"; readonly operation: StartedOperation };

/** An operation that runs in the background. */
export interface StartedOperation {
  /** Path without a query: `/1.0/operations/ID`. */
  readonly path: string;
  /** What it tells besides its state; of a program, the secrets of its WebSockets. */
  readonly metadata: unknown;
}

/** The server's own error. */
export class ClusterError extends CommandError {
  /** As of HTTP: 404 if what the request is about does not exist. */
  readonly status: number;

  constructor(what: string, status: number, error: string) {
    super(what, undefined, explain(status, error));
    this.status = status;
  }
}

/**
 * Reads an answer.
 * @param what the request, for messages.
 * @throws ClusterError with the server's own error.
 * @throws CommandError if it is no answer of such a server.
 */
export function readAnswer(what: string, status: number, body: string): Answer {
  const answer = parseJson(body);
  if (!isObject(answer) || typeof answer.type !== "string") {
    throw new CommandError(what, undefined, "this is no answer of an Incus or LXD server");
  }
  switch (answer.type) {
    case "sync":
      return { type: "sync", metadata: answer.metadata };
    case "async":
      return { type: "async", operation: startedOperation(what, answer.operation, answer.metadata) };
    default:
      throw new ClusterError(
        what,
        numberOf(answer.error_code, status),
        textOf(answer.error, "unknown error"),
      );
  }
}

function startedOperation(what: string, url: unknown, operation: unknown): StartedOperation {
  const path = /^\/1\.0\/operations\/[0-9a-f-]{36}(?=$|\?)/.exec(textOf(url, ""))?.[0];
  if (path === undefined) {
    throw new CommandError(what, undefined, "the server names no operation");
  }
  return { path, metadata: fieldsOf(operation).metadata };
}

/** Adds the remedy to the server's errors that have one. */
function explain(status: number, error: string): string {
  const remedy = REMEDIES.find(([kind]) =>
    typeof kind === "number" ? kind === status : kind.test(error),
  )?.[1];
  return remedy === undefined ? error : `${error}\n${remedy}`;
}

/** Servers answer with status 500 if a certificate is for other projects. */
const OTHER_PROJECT = /permissions for project/i;

const REMEDIES: readonly (readonly [RegExp | number, string])[] = [
  [
    OTHER_PROJECT,
    "our certificate is for other projects: set INCUS_PROJECT to one of them, or run 'ikvswitch trust TOKEN' with a token for this one",
  ],
  [
    403,
    "the cluster does not trust our certificate, or does not allow this: run 'ikvswitch trust TOKEN' with a new token",
  ],
  [
    /offline|connection refused|no route to host|i\/o timeout/i,
    "a member of the cluster is down: bring it up again, or leave it out of HOSTS",
  ],
];

/** Reports whether an error is the server's own with this status. */
export function hasStatus(error: unknown, status: number): boolean {
  return error instanceof ClusterError && error.status === status;
}

/** Reports whether an error is a lack of an answer, or that a member could not get what it needs from others. */
export function isNoAnswer(error: unknown): boolean {
  return error instanceof ClusterError
    ? error.status >= 500 && !OTHER_PROJECT.test(error.stderr)
    : error instanceof CommandError;
}
