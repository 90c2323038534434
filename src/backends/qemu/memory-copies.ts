import { CommandError } from "../../errors.ts";
import type { Host } from "../../system/host.ts";
import { productPath } from "../../system/product-path.ts";
import { COPY_DESCRIPTOR, type MemorySource } from "./memory-source.ts";

/** Copies of memory files that emulators map. They exist while VMs are started from them. */
export interface MemoryCopies {
  /**
   * Returns the path at which to open the copy; undefined if QEMU maps the file itself. All VMs of one file share one
   * copy.
   * @throws CommandError if it can't be made.
   */
  of(source: MemorySource): Promise<string | undefined>;
  /** Releases the copies: VMs that have mapped one keep it. */
  end(): Promise<void>;
}

const FROM_MEMORY = productPath("libexec/from-memory");

/** A keeper process holds each copy, and ends with this process. */
export function memoryCopies(host: Host): MemoryCopies {
  const keepers = new Map<string, Promise<Keeper>>();
  return {
    of: async ({ file, mapped }) => {
      if (mapped) {
        return undefined;
      }
      const keeper = keepers.get(file) ?? startKeeper(host, file);
      keepers.set(file, keeper);
      return `/proc/${(await keeper).pid}/fd/${COPY_DESCRIPTOR}`;
    },
    end: async () => {
      const all = await Promise.allSettled(keepers.values());
      await Promise.all(all.map((keeper) => keeper.status === "fulfilled" && keeper.value.end()));
    },
  };
}

interface Keeper {
  readonly pid: number;
  readonly end: () => Promise<void>;
}

async function startKeeper(host: Host, file: string): Promise<Keeper> {
  const command = { file: "perl", args: [FROM_MEMORY, file, "sh", "-c", "echo $$; exec sleep infinity"] };
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const ended = host
      .run(command, {
        onLine: (line) => {
          const pid = Number(line);
          said.push(line);
          if (pid > 0) {
            resolve({ pid, end: () => host.kill(pid, "SIGKILL").then(() => ended) });
          }
        },
      })
      // `end` kills it. If it ends before it has printed its pid, the copy has failed.
      .then(
        () => {},
        (cause: unknown) =>
          reject(new CommandError(`copy ${file} to memory`, undefined, said.join("\n"), cause)),
      );
  });
}
