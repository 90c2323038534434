# Makes Linux system calls for which Perl has no function.
package IkvSwitch::SystemCall;
use strict;
use warnings;
use Exporter 'import';
use POSIX ();

our @EXPORT_OK = ('system_call');

# Their numbers, as in the kernel's asm/unistd.h.
my %NUMBERS = (
  x86_64  => { clock_settime => 227, sethostname => 170, prctl => 157, inotify_init1 => 294, inotify_add_watch => 254 },
  aarch64 => { clock_settime => 112, sethostname => 161, prctl => 167, inotify_init1 => 26, inotify_add_watch => 27 },
);

# system_call(NAME, ARGUMENT...): returns the call's result. Strings are passed as pointers, so they must be variables.
# Dies if the call fails.
sub system_call {
  my $name    = shift;
  my $machine = (POSIX::uname())[4];
  my $number  = $NUMBERS{$machine}{$name} // die "the number of system call $name on $machine is unknown\n";
  my $result  = syscall($number, @_);
  $result >= 0 or die "$name: $!\n";
  return $result;
}

1;
