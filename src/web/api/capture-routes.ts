import { captureTarget } from "../../capture/target.ts";
import { captureFrames } from "../../lab/capture.ts";
import { labHosts } from "../../lab/lab.ts";
import { Refusal } from "../model/error.ts";
import { type Route, route } from "./route.ts";

/** Captures at a time, and what each may have. */
const MAX_CAPTURES = 8;
const MAX_SECONDS = 3_600;
const MAX_BYTES = 256 * 1024 * 1024;
const DEFAULT_SECONDS = 60;

/** Returns the route that captures frames. Each server has its own, which counts its captures. */
export function captureRoutes(): readonly Route[] {
  let running = 0;
  return [
    route({
      method: "POST",
      path: "/captures",
      summary: "Capture the frames of a link, and send them as they come",
      command: "capture",
      fields: {
        link: {
          type: "string",
          maxLength: 64,
          required: true,
          description: "`leaf1:ens4`, `server1-3-1`, a host interface or a bridge",
        },
        form: {
          type: "string",
          enum: ["pcap", "text"],
          description: "`pcap` (default): a file for Wireshark. `text`: a line for each frame",
        },
        count: {
          type: "integer",
          minimum: 1,
          maximum: 1_000_000,
          description: "Stop after this many frames",
        },
        seconds: {
          type: "integer",
          minimum: 1,
          maximum: MAX_SECONDS,
          description: `Stop after this many seconds (default: ${DEFAULT_SECONDS})`,
        },
        filter: { type: "string", maxLength: 500, description: "pcap-filter(7): tcp port 179" },
      },
      answer: { type: "application/vnd.tcpdump.pcap", description: "The frames; text/plain for `text`" },
      run: async ({ services, body, ended }) => {
        const { lab } = await services.lab();
        const { link, form = "pcap", count, seconds = DEFAULT_SECONDS, filter = "" } = body;
        const target = captureTarget(lab.fabric, link);
        if (running >= MAX_CAPTURES) {
          throw new Refusal(503, "busy", `there are ${running} captures already; end one of them`);
        }
        running += 1;
        const words = filter.trim() === "" ? [] : [filter.trim()];
        const request = { form, count: count ?? null, seconds, filter: words, maxBytes: MAX_BYTES };
        try {
          const frames = await captureFrames(await labHosts(lab), {
            ...request,
            interface: target,
            signal: ended,
          });
          return {
            kind: "stream",
            type: form === "pcap" ? "application/vnd.tcpdump.pcap" : "text/plain; charset=utf-8",
            headers: { "Content-Disposition": `attachment; filename="${fileName(target, form)}"` },
            chunks: counted(frames, () => {
              running -= 1;
            }),
          };
        } catch (error) {
          running -= 1;
          throw error;
        }
      },
    }),
  ];
}

function fileName(target: string, form: "pcap" | "text"): string {
  return `${target.replaceAll(/[^\w.-]/g, "_")}.${form === "pcap" ? "pcap" : "txt"}`;
}

async function* counted(frames: AsyncIterable<Uint8Array>, onEnd: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield* frames;
  } finally {
    onEnd();
  }
}
