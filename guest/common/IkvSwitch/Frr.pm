# Sends commands to FRR's running daemons through their vty sockets, as vtysh does. vtysh would first build its command
# tree, which takes half a second in an emulated machine.
package IkvSwitch::Frr;
use strict;
use warnings;
use Socket;

# Folder of the daemons' sockets.
our $SOCKETS = '/run/frr';

use constant READ_AT_ONCE => 64 * 1024;
use constant { SECONDS_TO_LOAD => 60, LINES_AT_ONCE => 20 };
use constant { CMD_SUCCESS => 0, CMD_ERR_NO_MATCH => 2 };

# ask(SECONDS, DAEMON, COMMAND...): run commands in the daemon and return their joined outputs. Dies if the daemon does
# not run or does not answer in time.
sub ask {
  my ($seconds, $name, @commands) = @_;
  my $daemon = connect_to($name);
  my $answers = '';
  # Some `show` commands need the enable node.
  for my $command ('enable', @commands) {
    send_lines($daemon, $command);
    until (@{ $daemon->{asked} } == 0) {
      select(my $ready = $daemon->{bit}, undef, undef, $seconds) or die "$name: no answer\n";
      $answers .= $_->{text} for take_answers($daemon);
    }
  }
  return $answers;
}

# load(FILE...): load each file into the daemon of its name, all in parallel. Returns the refused statements, a line
# each. A statement that several daemons get, such as a route-map's, counts as refused only if all of them refuse it.
sub load {
  my @files = @_;
  my (@refused, @unknown, %known);
  my %working = map { (fileno $_->{vty}) => $_ } map { connect_with($_) } @files;
  send_next($_) for values %working;
  while (%working) {
    my $waited_for = '';
    vec($waited_for, $_, 1) = 1 for keys %working;
    select(my $ready = $waited_for, undef, undef, SECONDS_TO_LOAD)
      or die join(' ', map { $_->{name} } values %working), ": no answer\n";
    for my $descriptor (grep { vec($ready, $_, 1) } keys %working) {
      my $daemon = $working{$descriptor};
      for my $answer (take_answers($daemon)) {
        my $refusal = "$daemon->{name}: $answer->{line}: $answer->{text}";
        if    ($answer->{status} == CMD_SUCCESS)      { $known{ $answer->{line} } = 1 }
        elsif ($answer->{status} == CMD_ERR_NO_MATCH) { push @unknown, [$answer->{line}, $refusal] }
        else                                          { push @refused, $refusal }
      }
      next if @{ $daemon->{asked} };
      send_next($daemon) or delete $working{$descriptor};
    }
  }
  return @refused, map { $_->[1] } grep { !$known{ $_->[0] } } @unknown;
}

# mgmtd needs file-lock. The XFRR marks make a daemon apply all lines between them as one change.
sub connect_with {
  my ($file) = @_;
  my ($name) = $file =~ m{([^/]+)\.conf$};
  open(my $input, '<', $file) or die "$file: $!\n";
  chomp(my @lines = <$input>);
  my $daemon = connect_to($name);
  $daemon->{todo} =
    ['enable', 'configure terminal file-lock', 'XFRR_start_configuration', @lines, 'XFRR_end_configuration', 'end'];
  return $daemon;
}

sub connect_to {
  my ($name) = @_;
  socket(my $vty, PF_UNIX, SOCK_STREAM, 0) or die "socket: $!\n";
  connect($vty, pack_sockaddr_un("$SOCKETS/$name.vty")) or die "$name: $!\n";
  vec(my $bit = '', fileno $vty, 1) = 1;
  return { name => $name, vty => $vty, bit => $bit, asked => [], received => '' };
}

# Several lines are sent at once, which saves context switches. mgmtd gets one at a time, because it loses lines that
# arrive while it processes another.
sub send_next {
  my ($daemon) = @_;
  my $todo = $daemon->{todo};
  send_lines($daemon, splice(@$todo, 0, $daemon->{name} eq 'mgmtd' ? 1 : LINES_AT_ONCE));
  return scalar @{ $daemon->{asked} };
}

sub send_lines {
  my ($daemon, @lines) = @_;
  push @{ $daemon->{asked} }, @lines;
  return unless @lines;
  syswrite($daemon->{vty}, join('', map { "$_\0" } @lines)) or die "$daemon->{name}: $!\n";
}

# Reads once and returns the complete answers: text, command line, status. An answer ends with three zero bytes and the
# status.
sub take_answers {
  my ($daemon) = @_;
  sysread($daemon->{vty}, $daemon->{received}, READ_AT_ONCE, length $daemon->{received})
    or die "$daemon->{name} hung up\n";
  my @answers;
  while ($daemon->{received} =~ s/\A([^\0]*)\0{3}(.)//s) {
    push @answers, { text => $1, line => shift @{ $daemon->{asked} }, status => ord $2 };
  }
  return @answers;
}

1;
