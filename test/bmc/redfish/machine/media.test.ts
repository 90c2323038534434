import { describe, expect, it } from "vitest";
import {
  insertRequest,
  isImage,
  type MediaChange,
  mediaChange,
} from "../../../../src/bmc/redfish/machine/media.ts";
import { cdResource } from "../../../../src/bmc/redfish/resources/manager.ts";
import { urisOf } from "../../../../src/bmc/redfish/resources/uris.ts";
import { facts } from "../machine.ts";

const IMAGE = "https://images.example/debian.iso";

function keysOf({ problems, notes }: MediaChange) {
  return [...problems, ...notes].map(({ MessageId }) => MessageId.split(".").at(-1));
}

describe("an image", () => {
  it.each(["/srv/a.iso", "http://192.0.2.9/a.iso", "https://[2001:db8::1]:8443/a%20b.iso?x=1", IMAGE])(
    "can be %s",
    (image) => {
      expect(isImage(image)).toBe(true);
    },
  );

  it.each([
    "",
    "a.iso",
    "//server/share",
    "ftp://server/a.iso",
    "file:///etc/shadow",
    "http://",
    "http://user:pass@server/a.iso",
    "/srv/a b.iso",
    "/srv/a\nb.iso",
    "/srv/ä.iso",
    "/srv/a\0.iso",
    `/${"a".repeat(1_000)}`,
  ])("can't be %j", (image) => {
    expect(isImage(image)).toBe(false);
  });
});

describe("InsertMedia", () => {
  it("takes an image, and what the drive does anyway", () => {
    expect(insertRequest({ Image: IMAGE })).toEqual({ image: IMAGE, problems: [], notes: [] });
    const usual = {
      Inserted: true,
      WriteProtected: true,
      TransferMethod: "Stream",
      UserName: null,
      Password: "",
    };
    const withProtocol = { Image: IMAGE, ...usual, TransferProtocolType: "HTTPS" };
    expect(insertRequest(withProtocol)).toMatchObject({ image: IMAGE, problems: [] });
  });

  it.each([
    [{}, "ActionParameterMissing"],
    [{ Image: null }, "ActionParameterValueTypeError"],
    [{ Image: "ftp://server/a.iso" }, "ActionParameterValueFormatError"],
    [{ Image: IMAGE, Inserted: false }, "ActionParameterValueNotInList"],
    [{ Image: IMAGE, WriteProtected: false }, "ActionParameterValueNotInList"],
    [{ Image: IMAGE, TransferProtocolType: "NFS" }, "ActionParameterValueNotInList"],
    [{ Image: IMAGE, TransferMethod: "Upload" }, "ActionParameterValueNotInList"],
    [{ Image: IMAGE, UserName: "me" }, "ActionParameterNotSupported"],
    [{ Image: IMAGE, Speed: 1 }, "ActionParameterUnknown"],
    [{ Image: IMAGE, constructor: 1 }, "ActionParameterUnknown"],
  ])("is refused with %j", (body, key) => {
    expect(keysOf(insertRequest(body))).toEqual([key]);
  });
});

describe("a PATCH of the drive", () => {
  const uris = urisOf(facts);
  const empty = cdResource(uris, null);
  const full = cdResource(uris, "/srv/old.iso");

  it.each([
    [{ Image: IMAGE }, IMAGE],
    [{ Image: IMAGE, Inserted: true, WriteProtected: true }, IMAGE],
    [{ Image: null }, null],
    [{ Image: null, Inserted: false }, null],
    [{ Inserted: false }, null],
    [{ Inserted: true }, undefined],
  ])("%j is understood", (body, image) => {
    expect(mediaChange(body, full)).toEqual({
      ...(image === undefined ? {} : { image }),
      problems: [],
      notes: [],
    });
  });

  it.each([
    [{ Image: 1 }, "PropertyValueTypeError"],
    [{ Image: "a.iso" }, "PropertyValueFormatError"],
    [{ Inserted: "yes" }, "PropertyValueTypeError"],
    [{ WriteProtected: false }, "PropertyValueNotInList"],
    [{ Inserted: true }, "PropertyValueConflict"],
    [{ Image: IMAGE, Inserted: false }, "PropertyValueConflict"],
    [{ ConnectedVia: "URI" }, "PropertyNotWritable"],
    [{ Speed: 1 }, "PropertyUnknown"],
    [{}, "EmptyJSON"],
  ])("%j is refused", (body, key) => {
    const change = mediaChange(body, empty);
    expect(keysOf(change)).toEqual([key]);
    expect(change).not.toHaveProperty("image");
  });
});
