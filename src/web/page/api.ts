/** A request failed; the message is that of the server. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

const ROOT = "/api/v1";

/** Sends a request to the API. @throws ApiError */
export async function send(
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: object,
  signal?: AbortSignal,
): Promise<Response> {
  const response = await fetch(`${ROOT}${path}`, {
    method,
    credentials: "same-origin",
    ...(body === undefined
      ? {}
      : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (!response.ok) {
    throw new ApiError(response.status, await messageOf(response));
  }
  return response;
}

/** Sends a request, and returns the document that it is answered with. */
export async function call<T>(method: "GET" | "POST" | "DELETE", path: string, body?: object): Promise<T> {
  return (await send(method, path, body)).json() as Promise<T>;
}

async function messageOf(response: Response): Promise<string> {
  try {
    const { error } = (await response.json()) as { readonly error: { readonly message: string } };
    return error.message;
  } catch {
    return `the server answered with ${response.status}`;
  }
}

/** Opens a WebSocket of the API. */
export function openSocket(path: string): WebSocket {
  return new WebSocket(socketUrl(path));
}

export function socketUrl(path: string): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${ROOT}${path}`;
}

/** Returns a failure's text for the user. */
export function textOf(error: unknown): string {
  return error instanceof ApiError
    ? error.message
    : error instanceof TypeError
      ? "The server does not answer. Does 'ikvswitch web' still run?"
      : error instanceof Error
        ? error.message
        : String(error);
}
