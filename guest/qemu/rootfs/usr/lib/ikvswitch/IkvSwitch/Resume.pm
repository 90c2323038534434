# Corrects a machine that resumes as a copy of another: sets its clock and replaces its random state.
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

# renew_random_state(BYTES): mix the bytes into the kernel's random state, which is a copy of the original's, and
# reseed at once. The kernel would use bytes that are only written to /dev/urandom up to a minute later.
sub renew_random_state {
  my ($bytes) = @_;
  length $bytes or die "no random bytes were given\n";
  open(my $random, '+<', '/dev/urandom') or die "/dev/urandom: $!\n";
  ioctl($random, RNDADDENTROPY, pack('iia*', 8 * length $bytes, length $bytes, $bytes)) or die "RNDADDENTROPY: $!\n";
  ioctl($random, RNDRESEEDCRNG, 0) or die "RNDRESEEDCRNG: $!\n";
}

1;
