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

/**
 * Reads an answer.
 * @param what the request, for messages.
 * @throws CommandError with the server's own error, or if it is no answer of such a server. Its exit code is the status
 *   of HTTP.
 */
export function readAnswer(what: string, status: number, body: string): Answer {
  const answer = parseJson(body);
  if (!isObject(answer) || typeof answer.type !== "string") {
    throw new CommandError(what, status, "this is no answer of an Incus or LXD server");
  }
  switch (answer.type) {
    case "sync":
      return { type: "sync", metadata: answer.metadata };
    case "async":
      return { type: "async", operation: startedOperation(what, answer.operation, answer.metadata) };
    default: {
      const code = numberOf(answer.error_code, status);
      throw new CommandError(what, code, explain(code, textOf(answer.error, "unknown error")));
    }
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
function explain(code: number, error: string): string {
  const remedy =
    code === 403
      ? "the cluster does not trust our certificate for this project: run 'ikvswitch trust TOKEN' with a new token"
      : /offline|no such host|connection refused|i\/o timeout/i.test(error)
        ? "a member of the cluster is down: bring it up again, or leave it out of HOSTS"
        : undefined;
  return remedy === undefined ? error : `${error}\n${remedy}`;
}

/** Reports whether an error is the server's own with this status. */
export function hasStatus(error: unknown, status: number): boolean {
  return error instanceof CommandError && error.exitCode === status;
}
