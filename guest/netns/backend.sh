# What the shared shell functions (functions.sh) need to know of a namespace.
# shellcheck shell=dash

# A namespace has the host's programs, where busybox may be missing.
busybox() { "$@"; }

# Services are children of init, which looks after them when it gets this signal.
wake_services() {
  kill -USR1 1
}
