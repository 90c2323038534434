# Makes commands of ip(8) that give NICs the names and MACs of their node. These functions change nothing themselves.
package IkvSwitch::Nics;
use strict;
use warnings;
use Exporter 'import';

our @EXPORT_OK = qw(nic_commands warm_base_commands);

# A warm base's MAC encodes the seat (number) of its NIC: this prefix and four decimal digits. A switch's ports are
# ens4, ens5, ...
use constant { WARM_BASE_MAC => '02:69:6b:76', FIRST_PORT => 4 };

# nic_commands(LINES, MAC_OF): returns commands that give the NICs their names and MACs, and the lines of missing NICs.
#   LINES   lines of the node's file of NICs, `MAC NAME` each, in the order of their seats
#   MAC_OF  the MACs of the present devices by name; it is modified
# A NIC is found by its MAC. A clone still has the warm base's MACs, so its NICs are found by their seats.
sub nic_commands {
  my ($lines, $mac_of) = @_;
  my %with = reverse %$mac_of;
  my (@free, @set, @missing, $seat);
  for my $line (@$lines) {
    my ($mac, $name) = $line =~ /^([0-9a-f:]{17}) (\S+)/ or next;
    my $seat_mac = seat_mac(++$seat);
    my $device   = $with{$mac} // $with{$seat_mac};
    if (!defined $device) {
      push @missing, $line;
      next;
    }
    # If another NIC still has the name, rename that one first.
    if ($device ne $name && exists $mac_of->{$name}) {
      my $parked = 'ikvpark' . (1 + @free / 2);
      push @free, "link set dev $name down", "link set dev $name name $parked";
      $with{ $mac_of->{$parked} = delete $mac_of->{$name} } = $parked;
    }
    push @set, [$mac, $seat_mac, $name];
  }
  my @commands = @free;
  for (@set) {
    my ($mac, $seat_mac, $name) = @$_;
    my $device = $with{$mac};
    if    (!defined $device) { push @commands, "link set dev $with{$seat_mac} address $mac name $name" }
    elsif ($device ne $name) { push @commands, "link set dev $device name $name" }
  }
  return (\@commands, \@missing);
}

# warm_base_commands(MAC_OF): returns commands that name a warm base's NICs by their seats, as plans do. Otherwise every
# clone would have to rename its NICs, and FRR's daemons treat a renamed NIC as a new interface.
sub warm_base_commands {
  my ($mac_of) = @_;
  my @commands;
  for my $device (sort keys %$mac_of) {
    my ($hundreds, $rest) = $mac_of->{$device} =~ /^\Q@{[WARM_BASE_MAC]}\E:(\d\d):(\d\d)/ or next;
    push @commands, "link set dev $device name ens" . (100 * $hundreds + $rest + FIRST_PORT - 1);
  }
  return @commands;
}

sub seat_mac {
  my ($seat) = @_;
  return WARM_BASE_MAC . sprintf(':%02d:%02d', int($seat / 100), $seat % 100);
}

1;
