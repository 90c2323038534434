// range-server.mjs FILE PORT: serve a file over HTTP on 127.0.0.1, also parts of it, as servers of installation images
// do. QEMU reads an image in parts.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const [, , file, port] = process.argv;
const content = readFileSync(file);

createServer((request, response) => {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  const headers = { "Accept-Ranges": "bytes" };
  if (from === undefined) {
    response.writeHead(200, { ...headers, "Content-Length": content.length });
    response.end(request.method === "HEAD" ? undefined : content);
    return;
  }
  const first = Number(from);
  const last = Math.min(to ? Number(to) : Number.POSITIVE_INFINITY, content.length - 1);
  response.writeHead(206, { ...headers, "Content-Range": `bytes ${first}-${last}/${content.length}` });
  response.end(content.subarray(first, last + 1));
}).listen(Number(port), "127.0.0.1");
