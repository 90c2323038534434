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
  return { file: "bash", args: [...AS_IT_IS, "-c", CLOSE_ALL, file, file, ...args] };
}

/** Nobody's functions and settings: bash reads ~/.bashrc where its input is a socket, as Node's pipes are. */
const AS_IT_IS = ["--norc", "-p"];

/** What bash adds to the environment is taken out again. */
const CLOSE_ALL = `
  for fd in /proc/$$/fd/*; do
    fd=\${fd##*/}
    (( fd < 3 )) || eval "exec $fd>&-"
  done
  exec env -u SHLVL -u PWD -u OLDPWD -- "$@"`;
