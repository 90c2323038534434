import type { NodeFile } from "../render/types.ts";

/** Folder that a network boot server serves over TFTP and HTTP. Its existence makes a VM one; see serve-boot-files. */
const FOLDER = "/srv/boot";

/** Runs the machine's own script, if there is one, or else that of all machines. */
const FIRST_SCRIPT = `#!ipxe
chain --replace mac-\${netX/mac:hexhyp}.ipxe || chain --replace all.ipxe
`;

/** Reports the machine to the server, and boots from the next device. Users replace it. */
const SCRIPT_OF_ALL = `#!ipxe
echo Network boot works: \${netX/mac} has \${netX/ip}.
imgfetch --name report cgi-bin/report?mac=\${netX/mac}&address=\${netX/ip}&platform=\${platform}&uuid=\${uuid} && imgfree report ||
echo This is all.ipxe in ${FOLDER} of the network boot server. Replace it by a script of yours.
sleep 3
exit
`;

/** Writes a line about a machine to the server's log. */
const REPORT = `#!/bin/busybox sh
printf 'report: %s %s\\n' "$REMOTE_ADDR" "$QUERY_STRING" | busybox tr -cd '[:print:]\\n' >&2
printf 'Content-Type: text/plain\\r\\n\\r\\nthank you\\n'
`;

/** Returns the files with which the switches' image becomes a network boot server. */
export function bootServerFiles(): readonly NodeFile[] {
  const file = (name: string, content: string, mode = 0o644): NodeFile => ({
    ...{ path: `${FOLDER}/${name}`, mode, content },
  });
  return [
    file("boot.ipxe", FIRST_SCRIPT),
    file("all.ipxe", SCRIPT_OF_ALL),
    file("cgi-bin/report", REPORT, 0o755),
  ];
}
