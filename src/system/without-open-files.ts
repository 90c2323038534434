interface Program {
  readonly file: string;
  readonly args: readonly string[];
}

/**
 * The program with nothing open but its standard streams. Node hands on what our own caller left open beyond the first
 * 16 files (libuv's uv_disable_stdio_inheritance()): a file of the host's for whoever is inside a switch, or one that
 * a program that outlives us would keep open for good. Of the shells only bash can close what has more than one digit.
 */
export function withoutOpenFiles({ file, args }: Program): Program {
  return { file: "bash", args: ["-c", CLOSE_ALL, file, file, ...args] };
}

const CLOSE_ALL = `
  for fd in /proc/$$/fd/*; do
    fd=\${fd##*/}
    (( fd < 3 )) || eval "exec $fd>&-"
  done
  exec "$@"`;
