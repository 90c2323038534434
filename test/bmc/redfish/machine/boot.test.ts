import { describe, expect, it } from "vitest";
import type { BootOverride } from "../../../../src/bmc/model/control.ts";
import { bootChange } from "../../../../src/bmc/redfish/machine/boot.ts";
import { bootProperty } from "../../../../src/bmc/redfish/resources/boot.ts";

function change(boot: unknown, current: BootOverride | null = null, hasCd = true) {
  const system = { Name: "web1", Boot: bootProperty({ override: current, firmware: "bios" }, hasCd) };
  const { problems, notes, ...rest } = bootChange({ Boot: boot }, system, current);
  return { ...rest, messages: [...problems, ...notes].map(({ MessageId }) => MessageId.split(".").at(-1)) };
}

const PXE_ONCE: BootOverride = { target: "network", until: "once" };

describe("a change of the boot device", () => {
  it.each([
    [{ BootSourceOverrideTarget: "Pxe" }, null, PXE_ONCE],
    [{ BootSourceOverrideTarget: "Pxe", BootSourceOverrideEnabled: "Once" }, null, PXE_ONCE],
    [
      { BootSourceOverrideTarget: "Hdd", BootSourceOverrideEnabled: "Continuous" },
      PXE_ONCE,
      { target: "disk", until: "always" },
    ],
    [{ BootSourceOverrideEnabled: "Continuous" }, PXE_ONCE, { target: "network", until: "always" }],
    [
      { BootSourceOverrideTarget: "Cd" },
      { target: "disk", until: "always" },
      { target: "cd", until: "always" },
    ],
    [{ BootSourceOverrideTarget: "None" }, PXE_ONCE, null],
    [{ BootSourceOverrideTarget: "None", BootSourceOverrideEnabled: "Once" }, PXE_ONCE, null],
    [{ BootSourceOverrideEnabled: "Disabled", BootSourceOverrideTarget: "Pxe" }, PXE_ONCE, null],
  ] as const)("to %j", (boot, current, override) => {
    expect(change(boot, current)).toEqual({ override, messages: [] });
  });

  it("of the firmware leaves the device", () => {
    expect(change({ BootSourceOverrideMode: "UEFI" })).toEqual({ firmware: "uefi", messages: [] });
    expect(change({ BootSourceOverrideMode: "Legacy", BootSourceOverrideTarget: "Pxe" })).toEqual({
      firmware: "bios",
      override: PXE_ONCE,
      messages: [],
    });
  });

  it.each([
    [{ BootSourceOverrideTarget: "Usb" }, "PropertyValueNotInList"],
    [{ BootSourceOverrideTarget: "pxe" }, "PropertyValueNotInList"],
    [{ BootSourceOverrideTarget: "toString" }, "PropertyValueNotInList"],
    [{ BootSourceOverrideTarget: null }, "PropertyValueTypeError"],
    [{ BootSourceOverrideEnabled: ["Once"] }, "PropertyValueTypeError"],
    [{ BootSourceOverrideMode: 1 }, "PropertyValueTypeError"],
    [{ BootSourceOverrideEnabled: "Once" }, "PropertyValueConflict"],
    [{ BootSourceOverrideTarget: "Pxe", BootSourceOverrideMode: "Bios" }, "PropertyValueNotInList"],
    ["Pxe", "PropertyValueTypeError"],
    [null, "PropertyValueTypeError"],
    [{}, "EmptyJSON"],
    [{ "@odata.id": "/" }, "NoOperation"],
    [{ constructor: "Pxe" }, "PropertyUnknown"],
    [{ "BootSourceOverrideTarget@Redfish.AllowableValues": [] }, "PropertyNotWritable"],
  ])("is refused for %j", (boot, key) => {
    expect(change(boot)).toEqual({ messages: [key] });
  });

  it("to a drive that the machine lacks is refused", () => {
    expect(change({ BootSourceOverrideTarget: "Cd" }, null, false)).toEqual({
      messages: ["PropertyValueNotInList"],
    });
  });
});
