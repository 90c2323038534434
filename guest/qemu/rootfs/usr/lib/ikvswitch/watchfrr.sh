#!/bin/busybox sh
# watchfrr.sh start|stop|restart DAEMON: run FRR's script of this name, which loads frr.conf with vtysh. The boot's
# mgmtd.conf is deleted first, so that a restarted mgmtd does not load an outdated configuration. Started by watchfrr
# when a daemon hangs or has ended.
rm -f /etc/frr/mgmtd.conf
exec /usr/lib/frr/watchfrr.sh "$@"
