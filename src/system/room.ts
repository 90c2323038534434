import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import { CommandError, type MissingRequirement, PreflightError } from "../errors.ts";
import type { Host } from "./host.ts";

/** A folder that is about to be written to. */
export interface Place {
  /** The configuration's key that names it; absent if there is none. */
  readonly key?: string;
  readonly path: string;
  /** Space that it needs. */
  readonly mib: number;
  readonly files: number;
}

/**
 * Checks that there is room in folders and that they are writable, by writing a file and removing it. For a folder that
 * does not exist yet, the folder in which it will be made is checked.
 * @throws PreflightError with every folder that is full or can't be written to.
 */
export async function checkRoom(host: Host, places: readonly Place[]): Promise<void> {
  const missing = (await Promise.all(places.map((place) => placeProblem(host, place)))).flat();
  if (missing.length > 0) {
    throw new PreflightError(missing);
  }
}

async function placeProblem(host: Host, place: Place): Promise<readonly MissingRequirement[]> {
  const folder = await nearestFolder(host, place.path);
  const said = await writeError(host, folder);
  const { free, files, fileSystem } = await freeRoom(host, folder);
  const { key } = place;
  const why = `ikvswitch writes files to ${key === undefined ? "" : `${key}=`}${place.path}`;
  const orElse = key === undefined ? "" : `, or change ${key}`;
  const where = `${folder} (on ${fileSystem})`;
  if (said !== undefined && !said.startsWith("ENOSPC")) {
    const fix = `make it writable (mount -o remount,rw)${orElse}`;
    return [{ what: `cannot write to ${where}: ${said}`, why, fix }];
  }
  if (free !== undefined && free < place.mib * MIB) {
    const what = `${where} is full: ${describeMib(free)} MiB free, ${place.mib} MiB needed`;
    return [{ what, why, fix: `free disk space${orElse}` }];
  }
  if (files !== undefined && files < place.files) {
    const what = `${where} has ${files} inodes left, ${place.files} needed`;
    return [{ what, why, fix: `remove files there${orElse}` }];
  }
  if (said !== undefined) {
    return [{ what: `cannot write to ${where}: ${said}`, why, fix: "free disk space" }];
  }
  return [];
}

const MIB = 1024 * 1024;

/** Formats a size. It is rounded down, so that slightly too little does not look like enough. */
function describeMib(bytes: number): string {
  return (Math.floor((10 * bytes) / MIB) / 10).toString();
}

async function nearestFolder(host: Host, path: string): Promise<string> {
  const status = await host.stat(path);
  return status?.isFolder || path === "/" ? path : nearestFolder(host, dirname(path));
}

/** Returns the operating system's error for a new file; undefined if there is none. */
async function writeError(host: Host, folder: string): Promise<string | undefined> {
  const path = `${folder}/.ikvswitch-${randomUUID()}`;
  try {
    await host.writeFile(path, "probe\n", 0o600);
    return undefined;
  } catch (error) {
    return error instanceof Error && "code" in error ? `${error.message.split(",")[0]}` : String(error);
  } finally {
    await host.remove(path).catch(() => {});
  }
}

/** What a file system has. */
export interface Room {
  /** In bytes; undefined if not known, as the next one. */
  readonly size: number | undefined;
  readonly used: number | undefined;
  /** Bytes that root may use; undefined if not known. */
  readonly free: number | undefined;
  /** Undefined if the number of files is not limited. */
  readonly files: number | undefined;
  /** Its type and mount point. */
  readonly fileSystem: string;
}

/** Returns the room of the file system in which a folder is, or will be made. */
export async function observeRoom(host: Host, path: string): Promise<Room> {
  return freeRoom(host, await nearestFolder(host, path));
}

async function freeRoom(host: Host, folder: string): Promise<Room> {
  const args = ["--block-size=1", "--output=size,used,avail,itotal,iavail,fstype,target", "--", folder];
  try {
    const { stdout } = await host.run({ file: "df", args });
    const [size = "", used = "", free = "", total, files = "", kind, ...target] =
      stdout.trim().split("\n").at(-1)?.trim().split(/ +/) ?? [];
    return {
      size: bytesOf(size),
      used: bytesOf(used),
      free: bytesOf(free),
      // Btrfs reports 0 of 0.
      files: /^[1-9]\d*$/.test(total ?? "") && /^\d+$/.test(files) ? Number(files) : undefined,
      fileSystem: `${kind}, mounted on ${target.join(" ")}`,
    };
  } catch (error) {
    if (error instanceof CommandError) {
      return {
        size: undefined,
        used: undefined,
        free: undefined,
        files: undefined,
        fileSystem: "unknown to df",
      };
    }
    throw error;
  }
}

function bytesOf(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
