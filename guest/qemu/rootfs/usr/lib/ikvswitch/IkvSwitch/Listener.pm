# Hands a listening socket over to a program, as systemd does (sd_listen_fds(3)).
package IkvSwitch::Listener;
use strict;
use warnings;
use Exporter 'import';
use Socket;

our @EXPORT_OK = qw(listen_on become);

use constant FIRST_PASSED_DESCRIPTOR => 3;

# listen_on(FAMILY, ADDRESS, [LEVEL, OPTION, VALUE]...): a stream socket that listens, with these options set. It must be the
# first file that the process opens.
sub listen_on {
  my ($family, $address, @options) = @_;
  # Perl closes descriptors above this one when it becomes another program.
  local $^F = FIRST_PASSED_DESCRIPTOR;
  socket(my $listener, $family, SOCK_STREAM, 0) or die "socket: $!\n";
  fileno $listener == FIRST_PASSED_DESCRIPTOR or die "the listening socket is descriptor " . fileno($listener) . "\n";
  setsockopt($listener, $_->[0], $_->[1], $_->[2]) or die "setsockopt: $!\n" for @options;
  bind($listener, $address) && listen($listener, SOMAXCONN) or die "listen: $!\n";
  return $listener;
}

# become(COMMAND...): become the program, which finds the socket. Returns when that fails.
sub become {
  my (@command) = @_;
  @ENV{qw(LISTEN_FDS LISTEN_PID)} = (1, $$);
  exec { $command[0] } @command;
}

1;
