# Linux system calls that Perl has no function for.
package IkvSwitch::SystemCall;
use strict;
use warnings;
use Exporter 'import';
use POSIX ();

our @EXPORT_OK = ('system_call');

# Their numbers, as in the kernel's asm/unistd.h.
my %NUMBERS = (
  x86_64  => { clock_settime => 227, sethostname => 170 },
  aarch64 => { clock_settime => 112, sethostname => 161 },
);

# system_call(NAME, ARGUMENT...): a string is passed as a pointer. Dies when the call fails.
sub system_call {
  my $name    = shift;
  my $machine = (POSIX::uname())[4];
  my $number  = $NUMBERS{$machine}{$name} // die "$name on $machine: its number is unknown\n";
  syscall($number, @_) == 0 or die "$name: $!\n";
}

1;
