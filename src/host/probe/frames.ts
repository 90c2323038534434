/**
 * Program for perl, since Node has no packet sockets (packet(7)): `perl -e FRAMES SENDER RECEIVER`. It sends an IPv4
 * and an IPv6 frame on one interface repeatedly, until both have arrived on the other or about three seconds have
 * passed, and prints `ip` and `ip6` for those that arrived. The frames are UDP to BFD's port, between addresses for
 * documentation, and to a MAC that no device has, so that no network stack accepts them. It needs no module that
 * Debian's perl-base lacks.
 */
export const FRAMES = String.raw`
use strict; use warnings;
use constant { AF_PACKET => 17, SOCK_RAW => 3, EVERYTHING => 0x0003, SECONDS => 3, MARK => 'ikvswitch probe' };
my ($sender, $receiver) = map { open my $f, '<', "/sys/class/net/$_/ifindex" or die "$_: $!\n"; 0 + <$f> } @ARGV;
sub address { pack 'S n i S C C a8', AF_PACKET, EVERYTHING, $_[0], 0, 0, 6, '' }
sub packet_socket {
  socket(my $socket, AF_PACKET, SOCK_RAW, unpack 'S', pack 'n', EVERYTHING) or die "socket: $!\n";
  bind($socket, address($_[0])) or die "bind: $!\n";
  return $socket;
}
sub checksum {
  my $sum = 0;
  $sum += $_ for unpack 'n*', $_[0] . "\0" x (length($_[0]) % 2);
  $sum = ($sum & 0xffff) + ($sum >> 16) while $sum >> 16;
  return ~$sum & 0xffff;
}
sub udp {
  my ($addresses) = @_;
  my $length = 8 + length MARK;
  my $header = pack 'n4', 49152, 3784, $length, 0;
  substr($header, 6, 2) = pack 'n', checksum($addresses . pack('n2', 17, $length) . $header . MARK);
  return $header . MARK;
}
my $ethernet = pack 'H12 H12', '02696b700002', '02696b700001';
my $four = pack 'C4 C4', 192, 0, 2, 1, 192, 0, 2, 2;
my $header = pack 'C2 n3 C2 n a8', 0x45, 0, 28 + length(MARK), 0, 0, 64, 17, 0, $four;
substr($header, 10, 2) = pack 'n', checksum($header);
my $six = pack 'H32 H32', '20010db8' . '0' x 23 . '1', '20010db8' . '0' x 23 . '2';
my %frame_of = (
  ip  => $ethernet . pack('n', 0x0800) . $header . udp($four),
  ip6 => $ethernet . pack('n', 0x86dd) . pack('N n C2 a32', 0x60000000, 8 + length(MARK), 17, 64, $six) . udp($six),
);
my ($out, $in) = (packet_socket($sender), packet_socket($receiver));
my $deadline = time + SECONDS;
while (%frame_of && time <= $deadline) {
  send $out, $_, 0, address($sender) for values %frame_of;
  # A busy link brings others' frames, too.
  for (1 .. 1000) {
    vec(my $ready = '', fileno $in, 1) = 1;
    %frame_of && select($ready, undef, undef, 0.05) or last;
    recv $in, my $frame, 2048, 0;
    for (keys %frame_of) { if ($frame eq $frame_of{$_}) { print "$_\n"; delete $frame_of{$_} } }
  }
}
`;
