/**
 * Program for perl, since Node has no packet sockets (packet(7)): `perl -e ADDRESS_PROBE DEVICE ADDRESS MAC`. It asks on
 * the device who has the IPv4 address (an ARP probe, RFC 5227 section 2.1.1), and prints the MAC of the first who claims
 * it and is not MAC. It ends after 0.6 s. It needs no module that Debian's perl-base lacks.
 */
export const ADDRESS_PROBE = String.raw`
use strict; use warnings;
use constant { AF_PACKET => 17, SOCK_RAW => 3, ARP => 0x0806, TRIES => 3, SECONDS => 0.2 };
my ($device, $text, $own) = @ARGV;
sub of_device { open my $f, '<', "/sys/class/net/$device/$_[0]" or die "$device: $!\n"; chomp(my $v = <$f>); $v }
my $address = pack 'C4', split /\./, $text;
my $mac = pack 'H12', of_device('address') =~ tr/://dr;
my $type = unpack 'S', pack 'n', ARP;
socket(my $socket, AF_PACKET, SOCK_RAW, $type) or die "socket: $!\n";
my $place = pack 'S n i S C C a8', AF_PACKET, ARP, of_device('ifindex'), 0, 0, 6, '';
bind($socket, $place) or die "bind: $!\n";
my $probe = pack 'a6 a6 n n n C C n a6 N a6 a4', "\xff" x 6, $mac, ARP, 1, 0x0800, 6, 4, 1, $mac, 0, '', $address;
for (1 .. TRIES) {
  send $socket, $probe, 0, $place;
  my $left = SECONDS;
  while ($left > 0) {
    vec(my $ready = '', fileno $socket, 1) = 1;
    (my $found, $left) = select($ready, undef, undef, $left);
    $found > 0 or last;
    recv $socket, my $frame, 2048, 0;
    my (undef, undef, $kind, undef, undef, undef, undef, undef, $sender, $claimed) = unpack 'a6 a6 n n n C C n a6 a4', $frame;
    length $frame >= 42 && $kind == ARP && $claimed eq $address or next;
    my $name = join ':', unpack '(H2)6', $sender;
    if ($name ne $own && $sender ne $mac) { print "$name\n"; exit }
  }
}
`;
