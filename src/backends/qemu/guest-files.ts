import { CommandError } from "../../errors.ts";
import { MAX_FILE_BYTES } from "../../nodes/machines.ts";
import type { Host } from "../../system/host.ts";
import { type AgentOptions, withGuestAgent } from "./guest-agent.ts";

/** Far below what the agent takes in one message, so that one file does not stall its channel. */
const CHUNK_BYTES = 48 * 1024;

/** A file inside the machine. @throws CommandError where there is none, or it is larger than MAX_FILE_BYTES. */
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
      // What neither gives anything nor comes to an end, as an agent may say that somebody changed, ends here.
      atEnd = eof === true || chunk.length === 0;
      chunks.push(chunk);
    }
    await agent.execute("guest-file-close", { handle });
    return Buffer.concat(chunks);
  });
}

/** Write a file inside the machine, over one that may be there. A new one gets the agent's default mode. */
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

/** What should be in an answer: a switch's root may make the agent say anything. */
interface FileChunk {
  readonly "buf-b64"?: unknown;
  readonly eof?: unknown;
}
