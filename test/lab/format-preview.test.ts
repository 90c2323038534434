import { describe, expect, it } from "vitest";
import { paintTones } from "../../src/format/tone.ts";
import { formatPreview } from "../../src/lab/format-preview.ts";
import type { FilePreview, UpPreview } from "../../src/lab/preview-up.ts";

const nothing: UpPreview = {
  asPlanned: true,
  otherBackend: null,
  network: "already as planned",
  nodes: [],
  faults: [],
};
const hosts: FilePreview = {
  path: "/etc/hosts",
  change: "changed",
  diff: "--- a\n+++ b\n-old\n+new\n same\n",
};
const text = (preview: UpPreview) => paintTones(formatPreview(preview), (_tone, part) => part);

describe("a preview of up", () => {
  it("says if nothing would change", () => {
    expect(text(nothing)).toBe("'ikvswitch up' would change nothing.");
  });

  it("has a part for each kind of change, and switches with the same changes together", () => {
    expect(
      text({
        asPlanned: false,
        otherBackend: "qemu",
        network: "2 devices created",
        faults: ["fault: leaf1 is frozen"],
        nodes: [
          { name: "leaf1", action: "update", files: [hosts] },
          { name: "spine1", action: "restart", files: [{ path: "/etc/x", change: "added", diff: null }] },
          { name: "leaf2", action: "update", files: [hosts] },
          { name: "leaf9", action: "stop", files: [] },
        ],
      }).split("\n"),
    ).toEqual([
      "All switches of the qemu backend would be stopped first.",
      "Host network: 2 devices created.",
      "Cleared: fault: leaf1 is frozen",
      "Updated, without a restart if its programs can: leaf1, leaf2",
      ...["  --- a", "  +++ b", "  -old", "  +new", "   same"],
      "Restarted: spine1",
      "  /etc/x: added",
      "Stopped and removed: leaf9",
    ]);
  });

  it("shows added and removed lines in colour", () => {
    const nodes = [{ name: "leaf1", action: "update", files: [hosts] }] as const;
    const painted = paintTones(
      formatPreview({ ...nothing, asPlanned: false, nodes }),
      (tone, part) => `<${tone}>${part}`,
    );
    expect(painted).toContain("<good>+new");
    expect(painted).toContain("<bad>-old");
    expect(painted).not.toMatch(/<\w+>(---|\+\+\+)/);
  });
});
