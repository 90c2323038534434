import { BACKENDS } from "../backends/index.ts";
import type { BringUpRequest } from "../lab/up.ts";
import type { Context, GlobalOptions } from "./context.ts";
import { ExitCode } from "./exit-codes.ts";
import { print } from "./output.ts";
import { printDocument } from "./print-document.ts";

/** Shows what `up` would change; exit code 4 if it would change anything. */
export async function showUpDiff(
  { host }: Pick<Context, "host">,
  request: BringUpRequest,
  { json }: GlobalOptions,
): Promise<void> {
  const { previewUp } = await import("../lab/preview-up.ts");
  const preview = await previewUp(host, { ...request, backends: BACKENDS });
  if (json) {
    printDocument("up diff", preview);
  } else {
    const { formatPreview } = await import("../lab/format-preview.ts");
    print(formatPreview(preview));
  }
  process.exitCode = preview.asPlanned ? ExitCode.done : ExitCode.drift;
}
