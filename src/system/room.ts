import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import { CommandError, type MissingRequirement, PreflightError } from "../errors.ts";
import type { Host } from "./host.ts";

/** A folder that is about to be written to. */
export interface Place {
  /** The configuration's key that names it; absent where none does. */
  readonly key?: string;
  readonly path: string;
  /** What has to be free for it. */
  readonly mib: number;
  readonly files: number;
}

/**
 * Check that there is room in folders, and that they can be written to: by writing a file and removing it. A folder that
 * is not there yet is checked by the folder in which it will be made.
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

/** One that is nearly enough must not look as if it were. */
function describeMib(bytes: number): string {
  return (Math.floor((10 * bytes) / MIB) / 10).toString();
}

async function nearestFolder(host: Host, path: string): Promise<string> {
  const status = await host.stat(path);
  return status?.isFolder || path === "/" ? path : nearestFolder(host, dirname(path));
}

/** What the operating system says to a new file; undefined where it takes it. */
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

interface Room {
  /** Bytes, for root; undefined where that can't be told. */
  readonly free: number | undefined;
  /** Undefined where there may be any number of files. */
  readonly files: number | undefined;
  /** Its kind, and where it is mounted. */
  readonly fileSystem: string;
}

async function freeRoom(host: Host, folder: string): Promise<Room> {
  const args = ["--block-size=1", "--output=avail,itotal,iavail,fstype,target", "--", folder];
  try {
    const { stdout } = await host.run({ file: "df", args });
    const [free = "", total, files = "", kind, ...target] =
      stdout.trim().split("\n").at(-1)?.trim().split(/ +/) ?? [];
    return {
      free: /^\d+$/.test(free) ? Number(free) : undefined,
      // Btrfs says 0 of 0.
      files: /^[1-9]\d*$/.test(total ?? "") && /^\d+$/.test(files) ? Number(files) : undefined,
      fileSystem: `${kind}, mounted on ${target.join(" ")}`,
    };
  } catch (error) {
    if (error instanceof CommandError) {
      return { free: undefined, files: undefined, fileSystem: "unknown to df" };
    }
    throw error;
  }
}
