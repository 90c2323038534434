import { CommandError } from "../errors.ts";
import type { GuestAgent } from "./guest-agent.ts";

/** A file in a VM that its guest agent has open for us. */
export interface GuestFile {
  readonly handle: number;
  /** Bytes written or read for sure. */
  offset: number;
}

const READ_BYTES = 256 * 1024;

/** Opens a file in the VM; undefined if the agent can't, since it does not exist yet. */
export async function openGuestFile(
  agent: GuestAgent,
  path: string,
  mode: "r" | "w",
): Promise<GuestFile | undefined> {
  try {
    const handle = await agent.execute("guest-file-open", { path, mode });
    return typeof handle === "number" ? { handle, offset: 0 } : undefined;
  } catch (error) {
    // Other errors are those of the conversation.
    if (error instanceof CommandError && error.command === "guest agent guest-file-open") {
      return undefined;
    }
    throw error;
  }
}

export async function closeGuestFile(agent: GuestAgent, { handle }: GuestFile): Promise<void> {
  await agent.execute("guest-file-close", { handle });
}

/** Reads what was added to the file; empty if nothing was. */
export async function readMore(agent: GuestAgent, file: GuestFile): Promise<Uint8Array> {
  const reply = await agent.execute("guest-file-read", { handle: file.handle, count: READ_BYTES });
  const base64 = typeof reply === "object" && reply !== null && "buf-b64" in reply ? reply["buf-b64"] : "";
  const bytes = Buffer.from(typeof base64 === "string" ? base64 : "", "base64");
  file.offset += bytes.length;
  return bytes;
}

/** Adds bytes to the file, so that other programs see them at once. */
export async function writeMore(agent: GuestAgent, file: GuestFile, bytes: Uint8Array): Promise<void> {
  const { handle } = file;
  await agent.execute("guest-file-write", { handle, "buf-b64": Buffer.from(bytes).toString("base64") });
  await agent.execute("guest-file-flush", { handle });
  file.offset += bytes.length;
}

/** Goes back to what was written and read for sure, after a conversation whose last replies are lost. */
export async function recover(agent: GuestAgent, files: readonly (GuestFile | undefined)[]): Promise<void> {
  for (const file of files) {
    if (file !== undefined) {
      const { handle, offset } = file;
      await agent.execute("guest-file-seek", { handle, offset, whence: "set" });
    }
  }
}
