# Passes a listening socket to a program, as systemd does (sd_listen_fds(3)).
package IkvSwitch::Listener;
use strict;
use warnings;
use Exporter 'import';
use Socket;

our @EXPORT_OK = qw(listen_on become);

use constant FIRST_PASSED_DESCRIPTOR => 3;

# listen_on(FAMILY, ADDRESS, [LEVEL, OPTION, VALUE]...): returns a listening stream socket with these options. It must
# be the first file that the process opens, since sd_listen_fds expects descriptor 3.
sub listen_on {
  my ($family, $address, @options) = @_;
  # On exec, Perl closes the descriptors above this one.
  local $^F = FIRST_PASSED_DESCRIPTOR;
  socket(my $listener, $family, SOCK_STREAM, 0) or die "socket: $!\n";
  fileno $listener == FIRST_PASSED_DESCRIPTOR or die "the listening socket is descriptor " . fileno($listener) . "\n";
  setsockopt($listener, $_->[0], $_->[1], $_->[2]) or die "setsockopt: $!\n" for @options;
  bind($listener, $address) && listen($listener, SOMAXCONN) or die "listen: $!\n";
  return $listener;
}

# become(COMMAND...): exec the program with the socket. Returns only on failure.
sub become {
  my (@command) = @_;
  @ENV{qw(LISTEN_FDS LISTEN_PID)} = (1, $$);
  exec { $command[0] } @command;
}

1;
