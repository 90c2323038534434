# Keeps a text in a store, a disk or a file of 1 MiB. The store has no file system: a snapshot restores a machine's
# memory, but not its disk, and the file system in memory would then contradict the one on the disk. It has two slots.
# A text is written to the slot with the older one, so that a machine that is killed meanwhile still has the newer one.
package IkvSwitch::Slots;
use strict;
use warnings;
use Exporter 'import';
use Fcntl qw(O_DSYNC O_RDWR SEEK_SET);

our @EXPORT_OK = qw(newest_text write_text);

# A slot starts with a header: magic, sequence number, length of the text, checksum of number and text.
use constant { SLOT_BYTES => 512 * 1024, MAGIC => 'IKVLEASE', HEADER => 'a8 Q> N N', HEADER_BYTES => 24 };
# Perl counts exactly up to here.
use constant LAST_SEQUENCE => 2**53;
# linux/fs.h
use constant BLKFLSBUF => 0x1261;

# The table of CRC-32 (IEEE 802.3), because perl-base has no module for checksums.
my @CRC = map { crc_of_byte($_) } 0 .. 255;

# newest_text(STORE): returns the text that was written last; an empty one if there is none.
sub newest_text {
  my ($path) = @_;
  my ($newest) = sort { $b->{sequence} <=> $a->{sequence} } slots_of(open_store($path));
  return $newest->{text};
}

# write_text(STORE, TEXT): replace the text, unless it is the same. It is on the disk when this returns.
sub write_text {
  my ($path, $text) = @_;
  length $text <= SLOT_BYTES - HEADER_BYTES or die length $text, " bytes do not fit\n";
  my $store = open_store($path);
  my ($older, $newest) = sort { $a->{sequence} <=> $b->{sequence} } slots_of($store);
  return if $newest->{text} eq $text;
  my $sequence = $newest->{sequence} + 1;
  my $bytes    = pack(HEADER, MAGIC, $sequence, length $text, checksum($sequence, $text)) . $text;
  sysseek($store, $older->{offset}, SEEK_SET) or die "$path: $!\n";
  (syswrite($store, $bytes) // die "$path: $!\n") == length $bytes or die "$path: no space left\n";
}

sub open_store {
  my ($path) = @_;
  sysopen(my $store, $path, O_RDWR | O_DSYNC) or die "$path: $!\n";
  # Forget what the kernel read before: in a machine restored from a snapshot, this is older than the disk.
  !-b $store || ioctl($store, BLKFLSBUF, 0) or die "$path: $!\n";
  return $store;
}

sub slots_of {
  my ($store) = @_;
  return map { slot_at($store, $_ * SLOT_BYTES) } 0, 1;
}

# Returns an empty slot with number 0 if none was written there, or not to its end.
sub slot_at {
  my ($store, $offset) = @_;
  my $empty  = { offset => $offset, sequence => 0, text => '' };
  my $header = read_at($store, $offset, HEADER_BYTES);
  return $empty unless length $header == HEADER_BYTES;
  my ($magic, $sequence, $length, $checksum) = unpack HEADER, $header;
  return $empty unless $magic eq MAGIC && $sequence < LAST_SEQUENCE && $length <= SLOT_BYTES - HEADER_BYTES;
  my $text = read_at($store, $offset + HEADER_BYTES, $length);
  return $empty unless length $text == $length && checksum($sequence, $text) == $checksum;
  return { offset => $offset, sequence => $sequence, text => $text };
}

# Returns fewer bytes at the end of a file.
sub read_at {
  my ($store, $offset, $length) = @_;
  my $bytes = '';
  sysseek($store, $offset, SEEK_SET) or die "seek: $!\n";
  while (length $bytes < $length) {
    (sysread($store, $bytes, $length - length $bytes, length $bytes) // die "read: $!\n") or last;
  }
  return $bytes;
}

sub checksum {
  my ($sequence, $text) = @_;
  my $crc = 0xFFFFFFFF;
  $crc = $CRC[($crc ^ $_) & 0xFF] ^ ($crc >> 8) for unpack 'C*', pack('Q>', $sequence) . $text;
  return $crc ^ 0xFFFFFFFF;
}

sub crc_of_byte {
  my ($crc) = @_;
  $crc = $crc & 1 ? 0xEDB88320 ^ ($crc >> 1) : $crc >> 1 for 1 .. 8;
  return $crc;
}

1;
