import { clip } from "../../../format/clip.ts";

/** A message of an answer's @Message.ExtendedInfo (schema Message 1.1). */
export interface Message {
  readonly "@odata.type": "#Message.v1_1_0.Message";
  readonly MessageId: string;
  readonly Message: string;
  readonly MessageArgs: readonly string[];
  /** For clients older than Message 1.1, which has `MessageSeverity` instead. */
  readonly Severity: Severity;
  readonly MessageSeverity: Severity;
  readonly Resolution: string;
  /** JSON pointers into the request's body. */
  readonly RelatedProperties?: readonly string[];
}

type Severity = "Critical" | "Warning";

/** DMTF's Base message registry (DSP8011); `RegistryName.Major.Minor` is how messages refer to it. */
const REGISTRY = "Base.1.16";

/** Texts and severities are those of the registry: clients may look them up there. `%1` is the first argument. */
const MESSAGES = {
  ActionParameterMissing: [
    "The action %1 requires the parameter %2 to be present in the request body.",
    "Critical",
    "Add the parameter.",
  ],
  ActionParameterNotSupported: [
    "The parameter %1 for the action %2 is not supported on the target resource.",
    "Warning",
    "Remove the parameter.",
  ],
  ActionParameterUnknown: [
    "The action %1 was submitted with the invalid parameter %2.",
    "Warning",
    "Remove the parameter.",
  ],
  ActionParameterValueFormatError: [
    "The value '%1' for the parameter %2 in the action %3 is of a different format than the parameter can accept.",
    "Warning",
    "Correct the value.",
  ],
  ActionParameterValueNotInList: [
    "The value '%1' for the parameter %2 in the action %3 is not in the list of acceptable values.",
    "Warning",
    "Choose one of the values that the resource lists as allowable.",
  ],
  ActionParameterValueTypeError: [
    "The value '%1' for the parameter %2 in the action %3 is of a different type than the parameter can accept.",
    "Warning",
    "Correct the value.",
  ],
  ChassisPowerStateOnRequired: [
    "The chassis with Id '%1' requires to be powered on to perform this request.",
    "Warning",
    "Power it on: ResetType On.",
  ],
  EmptyJSON: [
    "The request body submitted contained an empty JSON object and the service is unable to process it.",
    "Warning",
    "Add the properties to change.",
  ],
  HeaderInvalid: ["Header '%1' is invalid.", "Critical", "Correct the header."],
  InvalidURI: ["The URI %1 was not found.", "Critical", "Follow the links from /redfish/v1/."],
  MalformedJSON: [
    "The request body submitted was malformed JSON and could not be parsed by the receiving service.",
    "Critical",
    "Send one JSON object.",
  ],
  NoOperation: [
    "The request body submitted contain no data to act upon and no changes to the resource took place.",
    "Warning",
    "Add the properties to change.",
  ],
  NoValidSession: [
    "There is no valid session established with the implementation.",
    "Critical",
    "Log in: basic authentication, or a POST to /redfish/v1/SessionService/Sessions.",
  ],
  OperationNotAllowed: [
    "The HTTP method is not allowed on this resource.",
    "Critical",
    "Use one of the methods that the header Allow names.",
  ],
  PayloadTooLarge: [
    "The supplied payload exceeds the maximum size supported by the service.",
    "Critical",
    "Send at most 64 KiB.",
  ],
  PreconditionFailed: [
    "The ETag supplied did not match the ETag required to change this resource.",
    "Critical",
    "Read the resource again, and repeat the request with its new ETag.",
  ],
  PropertyMissing: [
    "The property %1 is a required property and must be included in the request.",
    "Warning",
    "Add the property.",
  ],
  PropertyNotWritable: [
    "The property %1 is a read only property and cannot be assigned a value.",
    "Warning",
    "Remove the property.",
  ],
  PropertyUnknown: [
    "The property %1 is not in the list of valid properties for the resource.",
    "Warning",
    "Remove the property.",
  ],
  PropertyValueConflict: [
    "The property '%1' could not be written because its value would conflict with the value of the '%2' property.",
    "Warning",
    "Change both properties in one request.",
  ],
  PropertyValueError: [
    "The value provided for the property %1 is not valid.",
    "Warning",
    "Correct the value.",
  ],
  PropertyValueFormatError: [
    "The value '%1' for the property %2 is of a different format than the property can accept.",
    "Warning",
    "Correct the value.",
  ],
  PropertyValueNotInList: [
    "The value '%1' for the property %2 is not in the list of acceptable values.",
    "Warning",
    "Choose one of the values that the resource lists as allowable.",
  ],
  PropertyValueTypeError: [
    "The value '%1' for the property %2 is of a different type than the property can accept.",
    "Warning",
    "Correct the value.",
  ],
  QueryNotSupported: [
    "Querying is not supported by the implementation.",
    "Warning",
    "Remove the query parameters.",
  ],
  ResourceAtUriUnauthorized: [
    "While accessing the resource at '%1', the service received an authorization error '%2'.",
    "Critical",
    "Use the BMC's user and password: 'ikvswitch config show --secrets' prints them.",
  ],
  ServiceTemporarilyUnavailable: [
    "The service is temporarily unavailable.  Retry in %1 seconds.",
    "Critical",
    "Close connections that you don't need, and repeat the request later.",
  ],
  SessionLimitExceeded: [
    "The session establishment failed due to the number of simultaneous sessions exceeding the limit of the " +
      "implementation.",
    "Critical",
    "Delete sessions that you don't need.",
  ],
} as const satisfies Record<string, readonly [text: string, severity: Severity, resolution: string]>;

export type MessageKey = keyof typeof MESSAGES;

/** As many arguments as the message's text has. */
type ArgumentsOf<Text extends string> = Text extends `${string}%3${string}`
  ? readonly [string, string, string]
  : Text extends `${string}%2${string}`
    ? readonly [string, string]
    : Text extends `${string}%1${string}`
      ? readonly [string]
      : readonly [];

/**
 * Makes a message of the Base registry.
 * @param related JSON pointer to the property of the request that it is about.
 */
export function message<Key extends MessageKey>(
  key: Key,
  args: ArgumentsOf<(typeof MESSAGES)[Key][0]>,
  related?: string,
): Message {
  const [text, severity, resolution] = MESSAGES[key];
  const shown = args.map((arg) => clip(arg, MOST_QUOTED_CHARACTERS));
  return {
    ...headOf(key, severity),
    Message: text.replaceAll(/%(\d)/g, (_, number) => shown[Number(number) - 1] ?? ""),
    MessageArgs: shown,
    Resolution: resolution,
    ...(related === undefined ? {} : { RelatedProperties: [related] }),
  };
}

/**
 * Makes a message with a text of our own, where the registry has no fitting one: clients show the text, and rarely the
 * resolution, to which the registry's text for GeneralError refers.
 */
export function generalError(text: string): Message {
  return {
    ...headOf("GeneralError", "Critical"),
    Message: clip(text, MOST_REASON_CHARACTERS),
    MessageArgs: [],
    Resolution: "Remove the cause that the message names, and repeat the request.",
  };
}

/** Returns a value of a request for a message. Objects may be large and deep, so that only their kind is named. */
export function quoted(value: unknown): string {
  return typeof value === "string" ? value : value instanceof Object ? "object" : String(value);
}

const MOST_QUOTED_CHARACTERS = 200;
const MOST_REASON_CHARACTERS = 1_000;

function headOf(key: MessageKey | "GeneralError", severity: Severity) {
  return {
    "@odata.type": "#Message.v1_1_0.Message",
    MessageId: `${REGISTRY}.${key}`,
    Severity: severity,
    MessageSeverity: severity,
  } as const;
}
