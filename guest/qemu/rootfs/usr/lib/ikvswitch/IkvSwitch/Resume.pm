# What a machine needs that resumes as a copy of another: the time, and a random state of its own.
package IkvSwitch::Resume;
use strict;
use warnings;
use Exporter 'import';
use IkvSwitch::SystemCall 'system_call';

our @EXPORT_OK = qw(set_clock renew_random_state);

use constant { RNDADDENTROPY => 0x40085203, RNDRESEEDCRNG => 0x5207 };    # random(4)
use constant CLOCK_REALTIME => 0;

sub set_clock {
  my ($seconds, $nanoseconds) = @_;
  system_call('clock_settime', CLOCK_REALTIME, pack('q2', $seconds, $nanoseconds));
}

# renew_random_state(BYTES): a copy starts with the random state of its original. The bytes are mixed in and credited, and
# used from now on, before anything can draw from the old state. (The kernel uses what is only written to /dev/urandom
# up to a minute later.)
sub renew_random_state {
  my ($bytes) = @_;
  length $bytes or die "there are no random bytes\n";
  open(my $random, '+<', '/dev/urandom') or die "/dev/urandom: $!\n";
  ioctl($random, RNDADDENTROPY, pack('iia*', 8 * length $bytes, length $bytes, $bytes)) or die "RNDADDENTROPY: $!\n";
  ioctl($random, RNDRESEEDCRNG, 0) or die "RNDRESEEDCRNG: $!\n";
}

1;
