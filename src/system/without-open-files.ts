interface Program {
  readonly file: string;
  readonly args: readonly string[];
}

/**
 * Returns the program with only its standard streams open. Node passes on files that our own caller left open beyond
 * the first 16 (libuv's uv_disable_stdio_inheritance()): programs in a switch could use a file of the host, or a
 * program that outlives us would keep it open. Of the shells, only bash can close descriptors of more than one digit.
 */
export function withoutOpenFiles({ file, args }: Program): Program {
  return { file: "bash", args: [...AS_IT_IS, "-c", CLOSE_ALL, file, file, ...args] };
}

/** Ignores the user's functions and settings: bash reads ~/.bashrc if its input is a socket, as Node's pipes are. */
const AS_IT_IS = ["--norc", "-p"];

/** Variables that bash adds to the environment are removed again. */
const CLOSE_ALL = `
  for fd in /proc/$$/fd/*; do
    fd=\${fd##*/}
    (( fd < 3 )) || eval "exec $fd>&-"
  done
  exec env -u SHLVL -u PWD -u OLDPWD -- "$@"`;
