# Unpacks the node's files without starting a program.
package IkvSwitch::Archive;
use strict;
use warnings;
use Exporter 'import';
use IkvSwitch::Files 'overwrite';
use POSIX ();

our @EXPORT_OK = ('unpack_archive');

use constant HEADER_LENGTH => 110;

# unpack_archive(BYTES, ROOT): install the regular files and folders of a cpio archive (cpio(5), "newc") below ROOT. An
# empty ROOT is the root folder.
sub unpack_archive {
  my (undef, $root) = @_;
  my $at = 0;
  # Other users must not read a key before chmod sets its mode.
  my $umask = umask 077;
  while (1) {
    length $_[0] >= $at + HEADER_LENGTH or die "the cpio archive of the node's files is truncated\n";
    my ($magic, @fields) = unpack 'A6 (A8)13', substr($_[0], $at, HEADER_LENGTH);
    $magic eq '070701' or die "the node's files are not a cpio archive\n";
    my ($mode, $size, $name_length) = map { hex } @fields[1, 6, 11];
    my $name = substr($_[0], $at + HEADER_LENGTH, $name_length - 1);
    last if $name eq 'TRAILER!!!';
    my $path = "$root/$name";
    $at = next_multiple_of_4($at + HEADER_LENGTH + $name_length);
    my $done = POSIX::S_ISDIR($mode) ? -d $path || mkdir($path) : overwrite($path, substr($_[0], $at, $size));
    $done && chmod($mode & 07777, $path) or die "$path: $!\n";
    $at = next_multiple_of_4($at + $size);
  }
  umask $umask;
}

sub next_multiple_of_4 { return ($_[0] + 3) & ~3 }

1;
