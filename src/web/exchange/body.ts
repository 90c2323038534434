import type { IncomingMessage } from "node:http";
import { Refusal } from "../model/error.ts";

const MAX_BODY_BYTES = 64 * 1024;

/**
 * Reads a request's JSON; an empty object without a body.
 * @throws Refusal if it is something else, or too large.
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const { "content-type": type, "content-length": length = "0" } = request.headers;
  if (Number(length) > MAX_BODY_BYTES) {
    throw tooLarge();
  }
  const text = await readText(request);
  if (text === "") {
    return {};
  }
  // Other types can be sent by a form of a foreign page.
  if (!/^application\/json(;|$)/i.test((type ?? "").trim())) {
    throw new Refusal(415, "usage", "the body must be application/json");
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "usage", "the body is not JSON");
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > MAX_BODY_BYTES) {
      throw tooLarge();
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The rest of the body is not read, so that the connection can't be used again. */
function tooLarge(): Refusal {
  return new Refusal(413, "usage", `the body has more than ${MAX_BODY_BYTES} bytes`, { Connection: "close" });
}
