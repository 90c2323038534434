# What the shared shell functions (functions.sh) need to know of a machine, and what only its programs use.
# shellcheck shell=dash

# Have services that wait for something (`service`) test it again.
wake_services() {
  local fifo
  for fifo in "$RUN"/wake/*; do
    # Opened for both directions, so that neither side blocks. Without a reader the line is lost, as it should be.
    echo 1<>"$fifo"
  done
}

# Print the device of a virtio-serial port. udev would have made a link below /dev/virtio-ports.
port_of() {
  local file name
  for file in /sys/class/virtio-ports/*/name; do
    read -r name 2>/dev/null <"$file" || continue
    [ "$name" = "$1" ] && file=${file%/name} && echo "/dev/${file##*/}" && return
  done
}
