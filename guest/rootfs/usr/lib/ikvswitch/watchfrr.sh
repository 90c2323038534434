#!/bin/busybox sh
# What watchfrr runs to start, stop and restart daemons: FRR's own script, which loads frr.conf by vtysh, but
# without the boot's mgmtd.conf, so that a restarted mgmtd does not begin with the configuration of long ago.
rm -f /etc/frr/mgmtd.conf
exec /usr/lib/frr/watchfrr.sh "$@"
