import type { Host } from "./host.ts";

/**
 * A JSON document of our own that says of which version its form is. Undefined where there is none, where another
 * version wrote it, and where it is cut off: a crash of the host can do that to what was written just before.
 */
export async function readVersioned<Document extends { readonly version: 1 }>(
  host: Host,
  path: string,
): Promise<Document | undefined> {
  const document = parse(await host.readFile(path)) as Document | undefined;
  return document?.version === 1 ? document : undefined;
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
