# The functions of functions.sh that differ between backends, and others that only a machine's programs use.
# shellcheck shell=dash

# Make waiting services (`service`) test their conditions again.
wake_services() {
  local fifo
  for fifo in "$RUN"/wake/*; do
    # Opened for reading and writing, so that neither side blocks. Without a reader the line is discarded, as intended.
    echo 1<>"$fifo"
  done
}

# Print the device of the disk with this serial number.
disk_of() {
  local disk serial
  for disk in /sys/block/vd*; do
    serial=
    read -r serial <"$disk/serial"
    [ "$serial" = "$1" ] && echo "/dev/${disk##*/}" && return
  done
}

# Print the device of a virtio-serial port. There is no udev that would link it below /dev/virtio-ports.
port_of() {
  local file name
  for file in /sys/class/virtio-ports/*/name; do
    read -r name 2>/dev/null <"$file" || continue
    [ "$name" = "$1" ] && file=${file%/name} && echo "/dev/${file##*/}" && return
  done
}
