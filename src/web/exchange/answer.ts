import type { ServerResponse } from "node:http";
import type { Refusal } from "../model/error.ts";

/** What a route answers. */
export type Answer =
  | {
      readonly kind: "json";
      readonly body: unknown;
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: "empty"; readonly headers?: Readonly<Record<string, string>> }
  | {
      readonly kind: "stream";
      readonly type: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly chunks: AsyncIterable<Uint8Array | string>;
    };

/** A reader that takes nothing for this long is cut off. */
const STALLED_MS = 30_000;

/** Headers of every answer. */
export const COMMON_HEADERS = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "X-Frame-Options": "DENY",
} as const;

/** Sends an answer, and returns when all of it is sent or its reader has gone. */
export async function sendAnswer(
  response: ServerResponse,
  answer: Answer,
  stalledMs = STALLED_MS,
): Promise<void> {
  if (answer.kind === "stream") {
    return sendStream(response, answer, stalledMs);
  }
  cutOffStalled(response, stalledMs);
  const text = answer.kind === "empty" ? undefined : `${JSON.stringify(answer.body)}\n`;
  response.writeHead(answer.kind === "empty" ? 204 : (answer.status ?? 200), {
    ...COMMON_HEADERS,
    ...(text === undefined
      ? {}
      : { "Content-Type": "application/json; charset=utf-8", "Content-Length": Buffer.byteLength(text) }),
    ...answer.headers,
  });
  response.end(text);
}

/** Ends the connection of a reader that has not taken the whole answer by then. */
export function cutOffStalled(response: ServerResponse, stalledMs = STALLED_MS): void {
  const timer = setTimeout(() => response.destroy(), stalledMs);
  response.once("close", () => clearTimeout(timer));
}

/** A failure as the API tells it, in the form of the commands' `--json`. */
export function failure(
  { kind, status, message, headers }: Pick<Refusal, "kind" | "status" | "message" | "headers">,
  fix?: string | undefined,
): Answer {
  return { kind: "json", status, body: { error: { kind, message, fix } }, headers };
}

async function sendStream(
  response: ServerResponse,
  { type, headers, chunks }: Extract<Answer, { kind: "stream" }>,
  stalledMs: number,
): Promise<void> {
  response.writeHead(200, { ...COMMON_HEADERS, "Content-Type": type, ...headers });
  response.flushHeaders();
  try {
    for await (const chunk of chunks) {
      if (response.destroyed || !(await taken(response, chunk, stalledMs))) {
        break;
      }
    }
  } catch {
    // The headers are sent, so the end of the connection in the midst of the answer has to tell it.
    response.destroy();
    return;
  }
  response.end();
}

/** Writes a chunk, and waits for its reader. Returns false if that has gone, or takes nothing. */
function taken(response: ServerResponse, chunk: Uint8Array | string, stalledMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (isTaken: boolean) => {
      clearTimeout(timer);
      response.off("close", gone);
      resolve(isTaken);
    };
    const gone = () => done(false);
    const timer = setTimeout(() => {
      response.destroy();
      done(false);
    }, stalledMs);
    response.once("close", gone);
    response.write(chunk, (error) => done(error === undefined || error === null));
  });
}
