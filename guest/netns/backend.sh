# The functions of functions.sh that differ between backends.
# shellcheck shell=dash

# A namespace uses the host's programs, and the host may lack busybox.
busybox() { "$@"; }

# Services are children of init, which starts missing ones on this signal.
wake_services() {
  kill -USR1 1
}
