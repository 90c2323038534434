import { createHash } from "node:crypto";
import type { JsonObject } from "../../../untrusted-json.ts";

/** Returns a strong entity tag (RFC 9110, section 8.8.3): it changes with the content, and with nothing else. */
export function etagOf(content: JsonObject | string): string {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
}

/** Reports whether the value of an If-Match or If-None-Match header names the tag. */
export function namesTag(header: string, etag: string): boolean {
  return header.split(",").some((tag) => ["*", etag].includes(tag.trim()));
}
