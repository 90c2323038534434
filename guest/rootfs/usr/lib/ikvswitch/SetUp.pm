# What makes a machine, a clone of a template or a sandbox the switch that its node's files describe. None of it starts a
# program but `ip`, once, and `bridge` where there are VLANs to pass on: a fork takes an emulated machine 3 ms, and a
# program 30.
package SetUp;
use strict;
use warnings;
use File::Glob ':bsd_glob';
use POSIX ();

use constant { NICS => '/etc/ikvswitch/nics', IP_BATCH => '/etc/ikvswitch/network.batch' };
use constant BRIDGE_BATCH => '/etc/ikvswitch/bridge.batch';
use constant { NETWORK_LOG => '/run/ikvswitch/network.log', HEADER_LENGTH => 110 };
# The MACs of a template's NICs tell where they sit: this and four decimal digits. A switch's ports are ens4, ens5, ...
use constant { TEMPLATE_MAC => '02:69:6b:76', FIRST_PORT => 4 };
use constant { RNDADDENTROPY => 0x40085203, RNDRESEEDCRNG => 0x5207 };    # random(4)
use constant CLOCK_REALTIME => 0;

# Linux' numbers of system calls.
my %SYSTEM_CALLS = (
  x86_64  => { clock_settime => 227, sethostname => 170 },
  aarch64 => { clock_settime => 112, sethostname => 161 },
);
my $machine      = (POSIX::uname())[4];
my $system_calls = $SYSTEM_CALLS{$machine} // die "$machine: not known\n";

our %STAGES = (
  'image-sysctls' => sub { sysctls('/etc/sysctl.d/00-image.conf') },
  'sysctls'       => sub { sysctls('/etc/sysctl.d/ikvswitch.conf') },
  'hostname'      => sub { set_hostname(hostname()) },
  'network'       => sub { network(start_batch('ip')) },
  'random-state'  => sub { renew_random_state(do { local $/; readline STDIN } // '') },
  'root-password' => \&root_password,
  'template-nics' => \&name_template_nics,
);

# A line on the serial console.
sub announce {
  open(my $console, '>>', '/dev/console') or return;
  print $console "ikvswitch: @_\n";
}

# The same, with the seconds since the kernel started.
sub note {
  my ($uptime) = split ' ', content_of('/proc/uptime');
  announce("[$uptime] @_");
}

# Lines of `key = value`; a `*` in a key stands for whatever is there. A key with a slash is taken as a path, for interface
# names with a dot in them.
sub sysctls {
  my ($file) = @_;
  for (lines_of($file)) {
    my ($key, $value) = /^\s*([^\s=#;][^\s=]*)\s*=\s*(.*?)\s*$/ or next;
    $key =~ tr{.}{/} unless $key =~ m{/};
    for my $path (bsd_glob("/proc/sys/$key")) {
      if (!-e $path)                    { note("sysctl: this kernel has no $key") }
      elsif (!overwrite($path, $value)) { note("sysctl: this kernel takes no $key = $value") }
    }
  }
}

sub set_clock {
  my ($seconds, $nanoseconds) = @_;
  my $time = pack('q2', $seconds, $nanoseconds);
  syscall($system_calls->{clock_settime}, CLOCK_REALTIME, $time) == 0 or die "clock_settime: $!\n";
}

# A copy goes on with the random state of what it was copied from: the bytes are mixed in and credited, and taken up at
# once, before anything can draw from it. (Writing to /dev/urandom alone does not make the kernel use them before a minute
# is over.)
sub renew_random_state {
  my ($bytes) = @_;
  length $bytes or die "there are no random bytes\n";
  open(my $random, '+<', '/dev/urandom') or die "/dev/urandom: $!\n";
  ioctl($random, RNDADDENTROPY, pack('iia*', 8 * length $bytes, length $bytes, $bytes)) or die "RNDADDENTROPY: $!\n";
  ioctl($random, RNDRESEEDCRNG, 0) or die "RNDRESEEDCRNG: $!\n";
}

# By the system call, since the file in /proc is not a sandbox's to write to.
sub set_hostname {
  my ($name) = @_;
  syscall($system_calls->{sethostname}, $name, length $name) == 0 or die "sethostname: $!\n";
}

sub hostname { return (lines_of('/etc/hostname'))[0] }

# The hash of root's password goes into /etc/shadow, whose other lines are the image's release's.
sub root_password {
  my ($hash) = lines_of('/etc/ikvswitch/root.hash') or return;
  overwrite('/etc/shadow', join '', map { s/^root:[^:]*/root:$hash/r . "\n" } lines_of('/etc/shadow'))
    or die "/etc/shadow: $!\n";
}

# An `ip` or a `bridge` that takes commands. It waits for as long as nothing is written to it, as in a template.
sub start_batch {
  my ($program) = @_;
  open(my $stderr, '>&', \*STDERR) or die "stderr: $!\n";
  open(STDERR, '>>', NETWORK_LOG) or die NETWORK_LOG . ": $!\n";
  my $pid = open(my $batch, '|-', "/usr/sbin/$program", '-force', '-batch', '-');
  open(STDERR, '>&', $stderr);
  defined $pid or die "$program: $!\n";
  return $batch;
}

# Whether the program took all of the commands.
sub end_batch {
  my ($batch, @commands) = @_;
  print $batch map { "$_\n" } @commands;
  return close $batch;
}

# network(IP): give NICs their names and MACs, and set up all interfaces.
sub network {
  my ($ip) = @_;
  my $done  = end_batch($ip, nic_commands(), lines_of(IP_BATCH));
  my @vlans = lines_of(BRIDGE_BATCH);
  $done = end_batch(start_batch('bridge'), @vlans) && $done if @vlans;
  $done and return;
  note("network: $_") for lines_of(NETWORK_LOG);
}

# What makes the NICs that are there those of the node. They are found by MAC, a clone's by where they sit.
sub nic_commands {
  my %mac_of = map { m{([^/]+)/address$} => content_of($_) =~ s/\s+//gr } bsd_glob('/sys/class/net/*/address');
  my %with   = reverse %mac_of;
  my (@free, @set, $seat);
  for (lines_of(NICS)) {
    my ($mac, $name) = /^([0-9a-f:]{17}) (\S+)/ or next;
    my $in_template = seat_mac(++$seat);
    my $device      = $with{$mac} // $with{$in_template};
    if (!defined $device) {
      note("no NIC has the MAC $mac of $name");
      next;
    }
    # A name that another NIC still bears is freed first.
    if ($device ne $name && exists $mac_of{$name}) {
      my $parked = 'ikvpark' . (1 + @free / 2);
      push @free, "link set dev $name down", "link set dev $name name $parked";
      $with{ $mac_of{$parked} = delete $mac_of{$name} } = $parked;
    }
    push @set, [$mac, $in_template, $name];
  }
  my @commands = @free;
  for (@set) {
    my ($mac, $in_template, $name) = @$_;
    my $device = $with{$mac};
    if    (!defined $device)  { push @commands, "link set dev $with{$in_template} address $mac name $name" }
    elsif ($device ne $name) { push @commands, "link set dev $device name $name" }
  }
  return @commands;
}

sub seat_mac {
  return TEMPLATE_MAC . sprintf(':%02d:%02d', int($_[0] / 100), $_[0] % 100);
}

# Name a template's NICs as plans do, by where they sit. Otherwise every clone would have to rename all of its own, each of
# which FRR's daemons then take for another interface.
sub name_template_nics {
  my @commands;
  for my $file (bsd_glob('/sys/class/net/*/address')) {
    my ($hundreds, $rest) = content_of($file) =~ /^\Q@{[TEMPLATE_MAC]}\E:(\d\d):(\d\d)/ or next;
    my ($device) = $file =~ m{([^/]+)/address$};
    push @commands, "link set dev $device name ens" . (100 * $hundreds + $rest + FIRST_PORT - 1);
  }
  end_batch(start_batch('ip'), @commands) or die content_of(NETWORK_LOG);
}

# unpack_archive(BYTES): install the files of a cpio archive (cpio(5), "newc").
sub unpack_archive {
  my $at = 0;
  # Nobody else is to read a key before it has its own mode.
  umask 077;
  while (1) {
    my ($magic, @fields) = unpack 'A6 (A8)13', substr($_[0], $at, HEADER_LENGTH);
    $magic eq '070701' or die "its files are no cpio archive\n";
    my ($mode, $size, $name_length) = map { hex } @fields[1, 6, 11];
    my $name = substr($_[0], $at + HEADER_LENGTH, $name_length - 1);
    last if $name eq 'TRAILER!!!';
    $at = next_multiple_of_4($at + HEADER_LENGTH + $name_length);
    my $done = POSIX::S_ISDIR($mode) ? -d "/$name" || mkdir("/$name") : overwrite("/$name", substr($_[0], $at, $size));
    $done && chmod($mode & 07777, "/$name") or die "/$name: $!\n";
    $at = next_multiple_of_4($at + $size);
  }
  umask 022;
}

sub next_multiple_of_4 { return ($_[0] + 3) & ~3 }

sub overwrite {
  my ($path, $content) = @_;
  open(my $file, '>', $path) or return 0;
  return defined syswrite($file, $content) && close($file);
}

sub content_of {
  my ($path) = @_;
  open(my $file, '<', $path) or die "$path: $!\n";
  local $/;
  return readline($file) // '';
}

# Of a file that may not be there.
sub lines_of {
  my ($path) = @_;
  return -f $path ? split(/\n/, content_of($path)) : ();
}

1;
