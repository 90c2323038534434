# Shell functions of a switch's own programs. Sourced by a machine's busybox ash in `boot`, `service`, `apply` and
# `restart-frr`, and by a namespace's dash in `init` and `apply`. Functions that differ between the two are in
# backend.sh. In an emulated machine a fork costs about 3 ms, and starting a dynamically linked program 30 ms, so loops
# use built-ins only. Functions that clones of a warm base need as well are written in Perl (IkvSwitch/SetUp.pm).
# shellcheck shell=dash
# shellcheck disable=SC2034 # sourcing programs use the variables

RUN=/run/ikvswitch
LIBRARY=${0%/*}
FRR=/usr/lib/frr

# shellcheck source=/dev/null # guest/qemu and guest/netns each have one
. "$LIBRARY/backend.sh"

# say TEXT: write a line to the console, with the seconds since the kernel started.
say() {
  read -r uptime _ </proc/uptime
  echo "ikvswitch: [$uptime] $*" >>/dev/console
}

# A warm base has no node's files.
has_node_files() {
  [ -f /etc/ikvswitch/nics ]
}

# start_frr [CONF_DIR [DAEMON...]]: start the daemons that /etc/frr/daemons names, or only the given ones, each with the
# file of its name in CONF_DIR. zebra and bgpd start first, so that sessions come up while the others still start.
start_frr() {
  local folder=$1 daemon
  [ $# = 0 ] || shift
  frr_environment
  # shellcheck disable=SC2048 # daemons are words
  for daemon in ${*:-$daemons}; do
    start_frr_daemon "$daemon" "$folder"
  done
  : >"$RUN/frr"
}

start_frr_daemon() {
  local options priority=
  eval "options=\$${1}_options"
  # Neighbors drop their sessions if a busy switch sends BFD packets late.
  [ "$1" = bfdd ] && priority="nice -n -10"
  # mgmtd has no -f: it reads /etc/frr/mgmtd.conf.
  if [ -n "$2" ] && [ "$1" != mgmtd ] && [ -e "$2/$1.conf" ]; then
    options="$options -f $2/$1.conf"
  fi
  # shellcheck disable=SC2086,SC2154 # options are words; /etc/frr/daemons sets them
  $priority "$FRR/$1" -d $frr_global_options ${frr_profile:+-F $frr_profile} $options
  say "$1 started"
}

# Read /etc/frr/daemons and set `daemons` to the enabled daemons in start order. bfdd is last, because BGP sessions wait
# for BFD as soon as bfdd has sent its first packet.
frr_environment() {
  local daemon
  . /etc/frr/daemons
  ulimit -n "${MAX_FDS:-1024}"
  daemons=
  for daemon in zebra bgpd mgmtd staticd ospfd ospf6d ripd ripngd isisd pimd pim6d ldpd nhrpd eigrpd \
    babeld pbrd fabricd vrrpd pathd bfdd; do
    frr_enabled "$daemon" && daemons="$daemons $daemon"
  done
}

# zebra, staticd and (since FRR 9) mgmtd always run, as with FRR's own scripts.
frr_enabled() {
  [ -x "$FRR/$1" ] || return 1
  case $1 in zebra | mgmtd | staticd) return 0 ;; esac
  eval "[ \"\$$1\" = yes ]"
}

# start_frr_configured [DAEMON...]: start FRR, or only the given daemons, with /etc/frr/frr.conf. `vtysh -b` takes 0.8 s
# of processor time in an emulated machine, mostly to build its command tree, so each daemon reads its own part of the
# file. vtysh loads the file only if the splitter finds a statement that it doesn't know.
start_frr_configured() {
  if split_frr; then
    [ -f "$RUN/frr.d/mgmtd.conf" ] && mv "$RUN/frr.d/mgmtd.conf" /etc/frr/mgmtd.conf
    start_frr "$RUN/frr.d" "$@"
  else
    start_frr '' "$@"
    load_frr
  fi
}

# Split frr.conf into a file for each daemon, in $RUN/frr.d.
split_frr() {
  local mgmtd=
  [ -d "$RUN/frr.d" ] || mkdir -p "$RUN/frr.d"
  [ -x $FRR/mgmtd ] && mgmtd=1
  busybox awk -v dir="$RUN/frr.d" -v mgmtd="$mgmtd" \
    -f "$LIBRARY/split-frr.awk" /etc/frr/frr.conf && return
  say "frr.conf has statements that only vtysh can assign to a daemon; loading it with vtysh"
  return 1
}

load_frr() {
  vtysh -b >"$RUN/vtysh.log" 2>&1 || say "vtysh -b failed, see $RUN/vtysh.log"
}
