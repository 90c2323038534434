# Writes to the switch's console: a machine's serial port, a namespace's log.
package IkvSwitch::Console;
use strict;
use warnings;
use Exporter 'import';
use IkvSwitch::Files 'content_of';

our @EXPORT_OK = qw(announce note);

sub announce {
  open(my $console, '>>', '/dev/console') or return;
  print $console "ikvswitch: @_\n";
}

# Like announce, with the seconds since the kernel started.
sub note {
  my ($uptime) = split ' ', content_of('/proc/uptime');
  announce("[$uptime] @_");
}

1;
