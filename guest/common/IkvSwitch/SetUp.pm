# Sets sysctls, the host name and root's password. No program is started: in an emulated machine a fork takes 3 ms, and
# starting a program 30 ms.
package IkvSwitch::SetUp;
use strict;
use warnings;
use Exporter 'import';
use File::Glob ':bsd_glob';
use IkvSwitch::Console 'note';
use IkvSwitch::Files qw(lines_of overwrite);
use IkvSwitch::SystemCall 'system_call';

our @EXPORT_OK = qw(set_image_sysctls set_node_sysctls hostname set_hostname set_root_password);

sub set_image_sysctls { set_sysctls('/etc/sysctl.d/00-image.conf') }
sub set_node_sysctls  { set_sysctls('/etc/sysctl.d/ikvswitch.conf') }

# A line is `key = value`. A `*` in a key matches every existing name. A key with a slash is a path, for interface names
# that contain a dot.
sub set_sysctls {
  my ($file) = @_;
  for (lines_of($file)) {
    my ($key, $value) = /^\s*([^\s=#;][^\s=]*)\s*=\s*(.*?)\s*$/ or next;
    $key =~ tr{.}{/} unless $key =~ m{/};
    for my $path (bsd_glob("/proc/sys/$key")) {
      if (!-e $path)                    { note("sysctl: this kernel has no $key") }
      elsif (!overwrite($path, $value)) { note("sysctl: can't set $key to $value: $!") }
    }
  }
}

sub hostname { return (lines_of('/etc/hostname'))[0] }

# With the system call, because a namespace can't write to the file in /proc.
sub set_hostname {
  my $name = hostname();
  system_call('sethostname', $name, length $name);
}

# Put the hash of root's password into /etc/shadow and keep the other lines, which are the image's.
sub set_root_password {
  my ($hash) = lines_of('/etc/ikvswitch/root.hash') or return;
  overwrite('/etc/shadow', join '', map { s/^root:[^:]*/root:$hash/r . "\n" } lines_of('/etc/shadow'))
    or die "/etc/shadow: $!\n";
}

1;
