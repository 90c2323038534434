import type { SocketRoute } from "./call.ts";
import { serveTerminal } from "./terminal.ts";
import { execProgram, serialConsole, sshLogin } from "./terminals.ts";
import { serveVmVnc, vmConsole, vmLogin } from "./vms.ts";
import { serveVnc } from "./vnc.ts";
import { serveWatch } from "./watch.ts";

const MESSAGES =
  "The first message is the text `" +
  '{"kind": "open", "rows": 24, "columns": 80}`. ' +
  "Binary messages are what is typed and what is shown; " +
  '`{"kind": "resize", …}` changes the size, and `{"kind": "end", "exitCode": 0, "reason": null}` is the last message.';

/** All WebSockets. */
export const socketRoutes: readonly SocketRoute[] = [
  {
    path: "/watch",
    summary: "What the page shows, as it changes",
    description: "Text messages with the data of the server-sent events of the same path.",
    serve: serveWatch,
  },
  {
    path: "/nodes/{node}/console",
    summary: "Serial console of a switch",
    description: `The same as the command \`ikvswitch console\`. ${MESSAGES}`,
    serve: (socket, call) => serveTerminal(socket, call, serialConsole),
  },
  {
    path: "/nodes/{node}/exec",
    summary: "A program in a switch, with a terminal",
    description: `The same as the command \`ikvswitch exec -it\`. ${MESSAGES} \`open\` may have the property \`command\`, a list of words; without it, it is vtysh.`,
    serve: (socket, call) => serveTerminal(socket, call, execProgram),
  },
  {
    path: "/nodes/{node}/ssh",
    summary: "Login to a switch over SSH",
    description: `The same as the command \`ikvswitch ssh\`. ${MESSAGES}`,
    serve: (socket, call) => serveTerminal(socket, call, sshLogin),
  },
  {
    path: "/nodes/{node}/vnc",
    summary: "VNC console of a switch",
    description: "Binary messages have the bytes of the connection (RFC 6143), as noVNC expects it.",
    serve: serveVnc,
  },
  {
    path: "/vms/{vm}/console",
    summary: "Serial console of a VM in a rack",
    description: `The same as the command \`ikvswitch vm console\`. ${MESSAGES}`,
    serve: (socket, call) => serveTerminal(socket, call, vmConsole),
  },
  {
    path: "/vms/{vm}/ssh",
    summary: "Login to a VM in a rack over SSH",
    description: `The same as the command \`ikvswitch vm ssh\`. ${MESSAGES}`,
    serve: (socket, call) => serveTerminal(socket, call, vmLogin),
  },
  {
    path: "/vms/{vm}/vnc",
    summary: "VNC console of a VM in a rack, which has no password",
    description: "Binary messages have the bytes of the connection (RFC 6143), as noVNC expects it.",
    serve: serveVmVnc,
  },
];
