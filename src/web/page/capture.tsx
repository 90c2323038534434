import { useEffect, useRef, useState } from "preact/hooks";
import { send, textOf } from "./api.ts";

/** A capture that runs or has ended. */
interface Progress {
  readonly form: "pcap" | "text";
  readonly isRunning: boolean;
  readonly bytes: number;
  readonly lines: readonly string[];
  readonly failure: string | null;
}

const MAX_LINES = 500;

/** Captures the frames of a link, to a file or to the page. */
export function Capture({ bridge }: { readonly bridge: string }) {
  const [progress, setProgress] = useState<Progress>();
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const start = async (form: "pcap" | "text", fields: FormData) => {
    const own = new AbortController();
    stop.current = own;
    setProgress({ form, isRunning: true, bytes: 0, lines: [], failure: null });
    try {
      const response = await send("POST", "/captures", { link: bridge, form, ...bodyOf(fields) }, own.signal);
      await (form === "pcap"
        ? toFile(response, bridge, own.signal, setProgress)
        : toPage(response, setProgress));
    } catch (error) {
      if (!own.signal.aborted) {
        setProgress((seen) => seen && { ...seen, failure: textOf(error) });
      }
    } finally {
      setProgress((seen) => seen && { ...seen, isRunning: false });
    }
  };
  const isRunning = progress?.isRunning === true;
  return (
    <>
      <form
        class="fields"
        onSubmit={(event) => {
          event.preventDefault();
          const { submitter } = event;
          const form = submitter instanceof HTMLButtonElement && submitter.value === "text" ? "text" : "pcap";
          void start(form, new FormData(event.currentTarget));
        }}
      >
        <label>
          Frames
          <input name="count" type="number" min="1" max="1000000" placeholder="all" />
        </label>
        <label>
          Seconds
          <input name="seconds" type="number" min="1" max="3600" placeholder="60" />
        </label>
        <label class="wide">
          Filter
          <input name="filter" maxLength={500} placeholder="tcp port 179" autocomplete="off" />
        </label>
        {isRunning ? (
          <button type="button" class="primary" onClick={() => stop.current?.abort()}>
            Stop
          </button>
        ) : (
          <>
            <button type="submit" value="pcap">
              Download pcap
            </button>
            <button type="submit" value="text">
              Follow
            </button>
          </>
        )}
      </form>
      {progress !== undefined && <Seen progress={progress} />}
    </>
  );
}

function Seen({ progress: { form, isRunning, bytes, lines, failure } }: { readonly progress: Progress }) {
  if (failure !== null) {
    return (
      <p class="failure" role="alert">
        {failure}
      </p>
    );
  }
  const count = form === "pcap" ? `${bytes} bytes` : `${lines.length} frames`;
  return (
    <>
      <p class="muted" role="status">
        {isRunning ? `Capturing: ${count} so far` : `Captured ${count}`}
      </p>
      {form === "text" && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached by keyboard
        <section class="log" tabIndex={0} aria-label="Captured frames">
          <pre>{lines.join("\n")}</pre>
        </section>
      )}
    </>
  );
}

function bodyOf(fields: FormData): object {
  const number = (name: string) => {
    const text = String(fields.get(name) ?? "");
    return text === "" ? {} : { [name]: Number(text) };
  };
  const filter = String(fields.get("filter") ?? "").trim();
  return { ...number("count"), ...number("seconds"), ...(filter === "" ? {} : { filter }) };
}

type Update = (change: (seen: Progress | undefined) => Progress | undefined) => void;

/** Collects the file, and saves it also if the user stops the capture. */
async function toFile(
  response: Response,
  bridge: string,
  signal: AbortSignal,
  update: Update,
): Promise<void> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  try {
    for await (const chunk of chunksOf(response)) {
      chunks.push(chunk);
      update((seen) => seen && { ...seen, bytes: seen.bytes + chunk.length });
    }
  } catch (error) {
    if (!signal.aborted) {
      throw error;
    }
  }
  save(new Blob(chunks, { type: "application/vnd.tcpdump.pcap" }), `${bridge}.pcap`);
}

async function toPage(response: Response, update: Update): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunksOf(response)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    update((seen) => seen && { ...seen, lines: [...seen.lines, ...lines].slice(-MAX_LINES) });
  }
}

async function* chunksOf(response: Response): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = response.body?.getReader();
  for (;;) {
    const next = await reader?.read();
    if (next === undefined || next.done) {
      return;
    }
    yield next.value;
  }
}

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
