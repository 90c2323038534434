#!/bin/busybox sh
# watchfrr.sh start|stop|restart DAEMON: FRR's own script, which loads frr.conf by vtysh, but without the mgmtd.conf of the
# boot, so that a restarted mgmtd does not start with an outdated configuration. Started by watchfrr when a daemon hangs or
# has ended.
rm -f /etc/frr/mgmtd.conf
exec /usr/lib/frr/watchfrr.sh "$@"
