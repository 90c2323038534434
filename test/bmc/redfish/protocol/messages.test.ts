import { describe, expect, it } from "vitest";
import { refusal } from "../../../../src/bmc/redfish/protocol/answer.ts";
import { generalError, message, quoted } from "../../../../src/bmc/redfish/protocol/messages.ts";

describe("a message", () => {
  it("has the registry's text with its arguments", () => {
    expect(message("PropertyValueNotInList", ["red", "Colour"], "/Colour")).toEqual({
      "@odata.type": "#Message.v1_1_0.Message",
      MessageId: "Base.1.16.PropertyValueNotInList",
      Message: "The value 'red' for the property Colour is not in the list of acceptable values.",
      MessageArgs: ["red", "Colour"],
      Severity: "Warning",
      MessageSeverity: "Warning",
      Resolution: "Choose one of the values that the resource lists as allowable.",
      RelatedProperties: ["/Colour"],
    });
  });

  it("takes arguments as they are, and shortens long ones", () => {
    expect(message("InvalidURI", ["%1 $& %2"]).Message).toBe("The URI %1 $& %2 was not found.");
    expect(message("InvalidURI", ["x".repeat(50_000)]).Message.length).toBeLessThan(400);
    expect(generalError("x".repeat(50_000)).Message.length).toBeLessThan(1_200);
  });

  it("names the kind of values that may be large", () => {
    const deep = JSON.parse(`${"[".repeat(30_000)}${"]".repeat(30_000)}`);
    expect(["a", 1, true, null, {}, deep].map(quoted)).toEqual([
      "a",
      "1",
      "true",
      "null",
      "object",
      "object",
    ]);
  });
});

describe("a refusal", () => {
  it("has the code of its message, or a general one for several", () => {
    const one = message("NoOperation", []);
    expect(refusal(400, [one])).toMatchObject({
      status: 400,
      body: { error: { code: one.MessageId, message: one.Message, "@Message.ExtendedInfo": [one] } },
    });
    expect(refusal(400, [one, one])).toMatchObject({
      body: { error: { code: "Base.1.16.GeneralError", "@Message.ExtendedInfo": [one, one] } },
    });
  });
});
