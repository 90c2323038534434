import { CommandError } from "../errors.ts";
import { MAX_FILE_BYTES } from "../nodes/machines.ts";
import type { Host } from "../system/host.ts";
import { type AgentOptions, withGuestAgent } from "./guest-agent.ts";

/** Far below the agent's limit for one message, so that one file does not stall its channel. */
const CHUNK_BYTES = 48 * 1024;

/** Reads a file in the VM. @throws CommandError if it does not exist or is larger than MAX_FILE_BYTES. */
export function pullFile(host: Host, options: AgentOptions, path: string): Promise<Uint8Array> {
  return withGuestAgent(host, options, async (agent) => {
    const handle = await agent.execute("guest-file-open", { path, mode: "r" });
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for (let atEnd = false; !atEnd; ) {
      const { "buf-b64": base64, eof } = (await agent.execute("guest-file-read", {
        handle,
        count: CHUNK_BYTES,
      })) as FileChunk;
      const chunk = Buffer.from(typeof base64 === "string" ? base64 : "", "base64");
      bytes += chunk.length;
      if (bytes > MAX_FILE_BYTES) {
        throw new CommandError(`read ${path}`, undefined, `larger than ${MAX_FILE_BYTES} bytes`);
      }
      // An empty chunk ends the file as well: a manipulated agent could otherwise send them forever.
      atEnd = eof === true || chunk.length === 0;
      chunks.push(chunk);
    }
    await agent.execute("guest-file-close", { handle });
    return Buffer.concat(chunks);
  });
}

/** Writes a file in the VM, replacing an existing one. A new file gets the agent's default mode. */
export function pushFile(
  host: Host,
  options: AgentOptions,
  path: string,
  content: Uint8Array,
): Promise<void> {
  return withGuestAgent(host, options, async (agent) => {
    const handle = await agent.execute("guest-file-open", { path, mode: "w" });
    for (let offset = 0; offset < content.length; offset += CHUNK_BYTES) {
      const chunk = Buffer.from(content.subarray(offset, offset + CHUNK_BYTES)).toString("base64");
      await agent.execute("guest-file-write", { handle, "buf-b64": chunk });
    }
    await agent.execute("guest-file-close", { handle });
  });
}

/** Expected fields of a reply, not yet validated: a switch's root can forge the agent's replies. */
interface FileChunk {
  readonly "buf-b64"?: unknown;
  readonly eof?: unknown;
}
