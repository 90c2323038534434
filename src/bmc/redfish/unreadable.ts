import type { Server } from "node:https";
import type { Duplex } from "node:stream";
import { sendLast } from "./exchange.ts";
import { type Answer, refusal } from "./protocol/answer.ts";
import { generalError, message } from "./protocol/messages.ts";

/**
 * Answers requests that Node can't read, in Redfish's form, and closes their connections.
 * @param isAnswering reports whether a connection still waits for the answer to a request before: an answer to a later one
 * would be taken for that.
 */
export function refuseUnreadable(server: Server, isAnswering: (socket: Duplex) => boolean): void {
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    if (socket.writableEnded) {
      // More of the same: the answer is on its way.
      return;
    }
    const answer = refusalFor(error.code);
    if (answer !== undefined && socket.writable && !isAnswering(socket)) {
      sendLast(socket, answer);
    } else {
      socket.destroy();
    }
  });
}

/**
 * Returns undefined for errors of the connection, and of its handshake, which can't be told to the client.
 * @param code of Node, or of its parser (llhttp: HPE_…).
 */
function refusalFor(code = ""): Answer | undefined {
  switch (code) {
    case "HPE_INVALID_METHOD":
      return refusal(501, [message("OperationNotAllowed", [])]);
    case "HPE_HEADER_OVERFLOW":
      return refusal(431, [generalError("The headers of the request are too large.")]);
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return refusal(413, [message("PayloadTooLarge", [])]);
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return refusal(408, [generalError("The request did not arrive in time.")]);
    default:
      return code.startsWith("HPE_")
        ? refusal(400, [generalError("The request is not valid HTTP/1.1.")])
        : undefined;
  }
}
