# Completion of bash for ikvswitch and its programs. It asks the program itself: see src/cli/completion.
# shellcheck shell=bash

_ikvswitch() {
  local words current directives='' line before
  # Not COMP_WORDS, which are divided at colons and equal signs.
  read -ra words <<<"${COMP_LINE:0:COMP_POINT}"
  case "${COMP_LINE:0:COMP_POINT}" in *[[:blank:]]) words+=('') ;; esac
  current=${words[-1]}
  COMPREPLY=()
  {
    IFS= read -r directives
    while IFS= read -r line; do
      COMPREPLY+=("${line%%$'\t'*}")
    done
  } < <("${words[0]}" __complete "${words[0]##*/}" "${words[@]:1}" 2>/dev/null)
  case " $directives " in *" files "*) _ikvswitch_files -f "$current" ;; esac
  case " $directives " in *" folders "*) _ikvswitch_files -d "$current" ;; esac
  case " $directives " in *" nospace "*) compopt -o nospace 2>/dev/null ;; esac
  # bash replaces only what follows the last of the characters at which it divides words.
  for line in : =; do
    case "$COMP_WORDBREAKS$current" in
      *"$line"*"$line"*)
        before=${current%"${current##*"$line"}"}
        COMPREPLY=("${COMPREPLY[@]#"$before"}")
        current=${current##*"$line"}
        ;;
    esac
  done
}

_ikvswitch_files() {
  local name
  compopt -o filenames 2>/dev/null
  while IFS= read -r name; do
    COMPREPLY+=("$name")
  done < <(compgen "$1" -- "$2")
}

complete -F _ikvswitch ikvswitch ikvswitch-host-networking ikvswitch-setup
