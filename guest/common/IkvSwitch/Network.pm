# Sets up the switch's interfaces with one `ip` process and, if bridges have VLANs, one `bridge` process.
package IkvSwitch::Network;
use strict;
use warnings;
use Exporter 'import';
use File::Glob ':bsd_glob';
use IkvSwitch::Console 'note';
use IkvSwitch::Files qw(content_of lines_of);
use IkvSwitch::Nics qw(nic_commands warm_base_commands);

our @EXPORT_OK = qw(start_batch set_up_network name_warm_base_nics set_source_filter);

use constant SOURCE_FILTER => '/etc/ikvswitch/ip6tables';
use constant { NICS => '/etc/ikvswitch/nics', LOG => '/run/ikvswitch/network.log' };
use constant { IP_BATCH => '/etc/ikvswitch/network.batch', BRIDGE_BATCH => '/etc/ikvswitch/bridge.batch' };

# start_batch(PROGRAM): start `ip` or `bridge`, which waits for commands. Returns the pipe for the commands.
sub start_batch {
  my ($program) = @_;
  open(my $stderr, '>&', \*STDERR) or die "stderr: $!\n";
  open(STDERR, '>>', LOG) or die LOG . ": $!\n";
  my $pid = open(my $batch, '|-', "/usr/sbin/$program", '-force', '-batch', '-');
  open(STDERR, '>&', $stderr);
  defined $pid or die "$program: $!\n";
  return $batch;
}

# Returns whether the program accepted all commands.
sub end_batch {
  my ($batch, @commands) = @_;
  print $batch map { "$_\n" } @commands;
  return close $batch;
}

# set_up_network(IP): give the NICs their names and MACs, and set up all interfaces. IP is start_batch('ip').
sub set_up_network {
  my ($ip) = @_;
  my ($nics, $missing) = nic_commands([lines_of(NICS)], mac_of());
  note("no NIC has the MAC and name $_") for @$missing;
  my $done  = end_batch($ip, @$nics, lines_of(IP_BATCH));
  my @vlans = lines_of(BRIDGE_BATCH);
  $done = end_batch(start_batch('bridge'), @vlans) && $done if @vlans;
  set_source_filter() if -e SOURCE_FILTER;
  $done and return;
  note("network: $_") for lines_of(LOG);
}

# Filter the sources of servers' IPv6 packets, or stop doing so if the file is gone.
sub set_source_filter {
  open(my $rules, '|-', '/usr/sbin/ip6tables-restore', '--wait', '10') or return note("ip6tables-restore: $!");
  print $rules -e SOURCE_FILTER ? content_of(SOURCE_FILTER) : "*raw\nCOMMIT\n";
  close $rules or note('the sources of IPv6 packets are not filtered: ip6tables-restore failed');
}

sub name_warm_base_nics {
  end_batch(start_batch('ip'), warm_base_commands(mac_of())) or die content_of(LOG);
}

# Returns the MACs of all devices by name.
sub mac_of {
  return { map { m{([^/]+)/address$} => content_of($_) =~ s/\s+//gr } bsd_glob('/sys/class/net/*/address') };
}

1;
