# Reads and writes small files as a whole.
package IkvSwitch::Files;
use strict;
use warnings;
use Exporter 'import';

our @EXPORT_OK = qw(content_of lines_of overwrite);

sub content_of {
  my ($path) = @_;
  open(my $file, '<', $path) or die "$path: $!\n";
  local $/;
  return readline($file) // '';
}

# Returns the lines without line ends; none if the file does not exist.
sub lines_of {
  my ($path) = @_;
  return -f $path ? split(/\n/, content_of($path)) : ();
}

# Returns false and sets $! on failure.
sub overwrite {
  my ($path, $content) = @_;
  open(my $file, '>', $path) or return 0;
  return defined syswrite($file, $content) && close($file);
}

1;
