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

# Without their ends. None where there is no such file.
sub lines_of {
  my ($path) = @_;
  return -f $path ? split(/\n/, content_of($path)) : ();
}

# False, with $!, where that can't be done.
sub overwrite {
  my ($path, $content) = @_;
  open(my $file, '>', $path) or return 0;
  return defined syswrite($file, $content) && close($file);
}

1;
