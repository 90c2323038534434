/** A regular file in an archive, owned by root. */
export interface CpioEntry {
  /** Relative, with slashes: `etc/hostname`. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly content: string | Uint8Array;
}

/**
 * Returns a cpio archive in the "newc" format (cpio(5)), which the kernel and busybox read. Folders are added as
 * needed. The same entries give the same bytes: no times, no inode numbers of the host.
 */
export function writeCpio(entries: readonly CpioEntry[]): Uint8Array {
  const folders = [...new Set(entries.flatMap(({ path }) => foldersAbove(path)))].sort();
  const members: Member[] = [
    ...folders.map((name) => ({ name, mode: FOLDER | folderMode(name), content: new Uint8Array() })),
    ...entries.map(({ path, mode, content }) => ({
      name: path,
      mode: FILE | mode,
      content: typeof content === "string" ? encoder.encode(content) : content,
    })),
    { name: TRAILER, mode: 0, content: new Uint8Array() },
  ];
  return concatenate(members.flatMap(writeMember));
}

/**
 * Returns the same archive with other content of one file. Zeros that follow an archive on a disk are dropped.
 * @throws Error if it is not an archive that writeCpio wrote, or has no such file.
 */
export function replaceInCpio(archive: Uint8Array, path: string, content: string): Uint8Array {
  const members: Member[] = [];
  for (let offset = 0; members.at(-1)?.name !== TRAILER; ) {
    const field = (index: number) =>
      Number.parseInt(decoder.decode(archive.subarray(offset + 6 + 8 * index, offset + 14 + 8 * index)), 16);
    const [mode, size, nameSize] = [field(1), field(6), field(11)];
    const start = offset + HEADER_BYTES;
    const contentStart = aligned(start + nameSize);
    if (!(contentStart + size <= archive.length)) {
      throw new Error("not a cpio archive of ikvswitch");
    }
    const name = decoder.decode(archive.subarray(start, start + nameSize - 1));
    members.push({ name, mode, content: archive.subarray(contentStart, contentStart + size) });
    offset = aligned(contentStart + size);
  }
  if (!members.some(({ name }) => name === path)) {
    throw new Error(`the archive lacks ${path}`);
  }
  const replaced = members.map((member) =>
    member.name === path ? { ...member, content: encoder.encode(content) } : member,
  );
  return concatenate(replaced.flatMap(writeMember));
}

const TRAILER = "TRAILER!!!";
const HEADER_BYTES = 110;
const decoder = new TextDecoder();

function aligned(offset: number): number {
  return offset + padding(offset).length;
}

interface Member {
  readonly name: string;
  readonly mode: number;
  readonly content: Uint8Array;
}

const FILE = 0o100000;
const FOLDER = 0o040000;
const encoder = new TextEncoder();

function foldersAbove(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/**
 * Returns a folder's mode: ssh refuses keys in a folder that others may write to, and only root may read root's home.
 */
function folderMode(name: string): number {
  return name === "root" || name.endsWith("/.ssh") ? 0o700 : 0o755;
}

function writeMember({ name, mode, content }: Member, index: number): Uint8Array[] {
  const nameBytes = encoder.encode(`${name}\0`);
  // Inode, mode, uid, gid, links, time, size, device (2), special device (2), length of the name, checksum.
  const fields = [index + 1, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, nameBytes.length, 0];
  const header = encoder.encode(
    `070701${fields.map((value) => value.toString(16).padStart(8, "0")).join("")}`,
  );
  return [header, nameBytes, padding(header.length + nameBytes.length), content, padding(content.length)];
}

/** Returns padding: headers and contents begin at multiples of four bytes. */
function padding(length: number): Uint8Array {
  return new Uint8Array((4 - (length % 4)) % 4);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
