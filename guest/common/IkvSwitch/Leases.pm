# Reads and restores the leases of the DHCP server, Kea. Its file has a line of column names, then a line for each change
# of a lease: the last line of an address counts.
package IkvSwitch::Leases;
use strict;
use warnings;
use Exporter 'import';
use IkvSwitch::Files qw(content_of overwrite);
use IkvSwitch::Slots 'newest_text';

our @EXPORT_OK = qw(no_leases restore_leases follow_lines take_lines text_of);

use constant { LONGEST_LINE => 2000, READ_AT_ONCE => 64 * 1024 };

my $OCTET   = qr/25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d/;
my $ADDRESS = qr/(?:$OCTET\.){3}$OCTET/;
my $BYTES   = qr/(?:[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2})*)?/;
# The columns that every version of Kea has. Kea writes commas in names and comments as `&#x2c`.
my $COLUMNS = qr/^address,hwaddr,client_id,valid_lifetime,expire,subnet_id,[a-z_,]+$/;
my $LEASE   = qr/^($ADDRESS),$BYTES,$BYTES,(\d{1,10}),\d{1,12},\d{1,10},[^\x00-\x1f\x7f]*$/;

# Leases are the names of the columns and the last line of each address.
sub no_leases { return { columns => '', line_of => {} } }

# restore_leases(STORE, CONF, FILE): returns the leases that were kept in the store, without those outside of the
# networks in Kea's configuration, and writes them to Kea's file. A file that exists is newer than the store: Kea alone
# was restarted.
sub restore_leases {
  my ($store, $conf, $file) = @_;
  my $leases = no_leases();
  take_lines($leases, split /\n/, newest_text($store));
  my @networks = content_of($conf) =~ m{"subnet"\s*:\s*"($ADDRESS/\d{1,2})"}g;
  my $line_of  = $leases->{line_of};
  for my $address (keys %$line_of) {
    delete $line_of->{$address} unless grep { is_inside($address, $_) } @networks;
  }
  -e $file or !%$line_of or overwrite($file, text_of($leases)) or die "$file: $!\n";
  return $leases;
}

# follow_lines(FILE): returns a function that returns the lines which were appended since its last call. If the file is
# replaced, it continues with the new one: Kea replaces a file with the columns of another version.
sub follow_lines {
  my ($path) = @_;
  my ($file, $text) = (undef, '');
  return sub {
    my @lines = $file ? complete_lines($file, \$text) : ();
    return @lines if $file && is_same($file, $path);
    open(my $next, '<', $path) or return @lines;
    ($file, $text) = ($next, '');
    return @lines, complete_lines($file, \$text);
  };
}

# take_lines(LEASES, LINE...): update the leases. A line that is no lease is left out. A lease that is deleted has the
# lifetime 0.
sub take_lines {
  my ($leases, @lines) = @_;
  my $line_of = $leases->{line_of};
  for my $line (@lines) {
    if ($line =~ $COLUMNS) {
      $_ = with_columns($_, $leases->{columns}, $line) for values %$line_of;
      $leases->{columns} = $line;
    } elsif (length $line <= LONGEST_LINE && $line =~ $LEASE && commas($line) == commas($leases->{columns})) {
      if ($2 > 0) { $line_of->{$1} = $line }
      else        { delete $line_of->{$1} }
    }
  }
}

# text_of(LEASES): returns them as a file of Kea's.
sub text_of {
  my ($leases) = @_;
  my $line_of = $leases->{line_of};
  return join '', map { "$_\n" } $leases->{columns}, map { $line_of->{$_} } sort keys %$line_of;
}

# Other versions of Kea have other columns at the end.
sub with_columns {
  my ($line, $old, $new) = @_;
  return $line if $old eq $new;
  my %value = (pool_id => 0);
  @value{ split /,/, $old } = split /,/, $line, -1;
  return join ',', map { $value{$_} // '' } split /,/, $new;
}

sub commas { return $_[0] =~ tr/,// }

sub is_inside {
  my ($address, $network) = @_;
  my ($start, $length) = split m{/}, $network;
  return $length <= 32 && number_of($address) >> (32 - $length) == number_of($start) >> (32 - $length);
}

sub number_of { return unpack 'N', pack 'C4', split /\./, $_[0] }

sub complete_lines {
  my ($file, $text) = @_;
  1 while sysread($file, $$text, READ_AT_ONCE, length $$text);
  return $$text =~ s/\A(.*\n)//s ? split(/\n/, $1) : ();
}

sub is_same {
  my ($file, $path) = @_;
  my @opened = stat $file;
  my @named  = stat $path;
  return @named && "@opened[0, 1]" eq "@named[0, 1]";
}

1;
