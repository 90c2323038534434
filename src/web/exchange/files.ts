import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Host } from "../../system/host.ts";
import { COMMON_HEADERS, cutOffStalled } from "./answer.ts";

/** A file of the page, in memory. */
export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/** By the path of the request. Only what is in it can be read. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

/**
 * Scripts, styles, pictures and connections are this server's own; nothing may embed the page. xterm.js writes rules for
 * its colours and sizes into elements of its own, which is why styles, and only they, may be in the page.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Reads the files of the page from a folder without subfolders. */
export async function readPageFiles(host: Host, folder: string): Promise<PageFiles> {
  const names = (await host.list(folder)).filter((name) => extensionOf(name) in TYPES);
  const files = await Promise.all(
    names.map(async (name): Promise<[string, PageFile][]> => {
      const bytes = await host.readBytes(`${folder}/${name}`);
      return bytes === undefined ? [] : [[name === "index.html" ? "/" : `/${name}`, pageFile(name, bytes)]];
    }),
  );
  return new Map(files.flat());
}

/** Makes one of them. */
export function pageFile(name: string, bytes: Uint8Array): PageFile {
  const digest = createHash("sha256").update(bytes).digest("base64url");
  return { type: TYPES[extensionOf(name)] ?? "application/octet-stream", bytes, etag: `"${digest}"` };
}

/** Sends a file, or only that the reader's copy is the same. */
export function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { type, bytes, etag }: PageFile,
): void {
  cutOffStalled(response);
  const headers = {
    ...COMMON_HEADERS,
    "Cache-Control": "no-cache",
    "Content-Security-Policy": POLICY,
    ETag: etag,
  };
  if (request.headers["if-none-match"] === etag) {
    response.writeHead(304, headers);
    response.end();
    return;
  }
  response.writeHead(200, { ...headers, "Content-Type": type, "Content-Length": bytes.length });
  response.end(request.method === "HEAD" ? undefined : bytes);
}

function extensionOf(name: string): string {
  return name.split(".").at(-1) ?? "";
}
