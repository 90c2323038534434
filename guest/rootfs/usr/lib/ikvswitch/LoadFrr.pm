# Gives FRR's running daemons their configuration in the way vtysh does, through the sockets that they have for it. A
# vtysh would first build the tree of all commands that FRR knows, which takes an emulated machine most of a second.
package LoadFrr;
use strict;
use warnings;
use Socket;

use constant { SOCKETS => '/run/frr', SECONDS_OF_SILENCE => 60, CMD_SUCCESS => 0, CMD_ERR_NO_MATCH => 2 };

# load_frr(FILE...): each is for the daemon that it is named after. The daemons work side by side; each
# takes a line when it has done the one before. Gives what they refused, a line each. A line that several were sent (of a
# route-map, say) need not be known to all.
sub load_frr {
  my @files = @_;
  my (@refused, @unknown, %known);
  my %working = map { (fileno $_->{vty}) => $_ } map { connect_to($_) } @files;
  send_next($_) for values %working;
  while (%working) {
    my $waited_for = '';
    vec($waited_for, $_, 1) = 1 for keys %working;
    select(my $ready = $waited_for, undef, undef, SECONDS_OF_SILENCE)
      or die join(' ', map { $_->{name} } values %working), ": no answer\n";
    for my $descriptor (grep { vec($ready, $_, 1) } keys %working) {
      my $daemon = $working{$descriptor};
      my $status = take_answer($daemon);
      next unless defined $status;
      my $refusal = "$daemon->{name}: $daemon->{asked}: $daemon->{answer}";
      if    ($status == CMD_SUCCESS)      { $known{ $daemon->{asked} } = 1 }
      elsif ($status == CMD_ERR_NO_MATCH) { push @unknown, [$daemon->{asked}, $refusal] }
      else                                { push @refused, $refusal }
      send_next($daemon) or delete $working{$descriptor};
    }
  }
  return @refused, map { $_->[1] } grep { !$known{ $_->[0] } } @unknown;
}

# The lock is mgmtd's; the two marks make a daemon take all that is between them as one change.
sub connect_to {
  my ($file) = @_;
  my ($name) = $file =~ m{([^/]+)\.conf$};
  socket(my $vty, PF_UNIX, SOCK_STREAM, 0) or die "socket: $!\n";
  connect($vty, pack_sockaddr_un(SOCKETS . "/$name.vty")) or die "$name: $!\n";
  open(my $input, '<', $file) or die "$file: $!\n";
  chomp(my @lines = <$input>);
  my @todo = ('enable', 'configure terminal file-lock', 'XFRR_start_configuration', @lines, 'XFRR_end_configuration', 'end');
  return { name => $name, vty => $vty, todo => \@todo };
}

sub send_next {
  my ($daemon) = @_;
  $daemon->{asked} = shift @{ $daemon->{todo} } // return 0;
  $daemon->{answer} = '';
  syswrite($daemon->{vty}, "$daemon->{asked}\0") or die "$daemon->{name}: $!\n";
  return 1;
}

# An answer ends with three zeros and a status; gives that once it is there.
sub take_answer {
  my ($daemon) = @_;
  sysread($daemon->{vty}, $daemon->{answer}, 4096, length $daemon->{answer}) or die "$daemon->{name} hung up\n";
  return $daemon->{answer} =~ s/\0\0\0(.)\z//s ? ord $1 : undef;
}

1;
