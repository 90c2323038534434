"""frames.py receive SECONDS | send: test frames on eth0.

`send` sends one frame of each kind, and a last one. `receive` prints the kinds that arrive, one a line, and ends with the
last frame or after SECONDS.
"""
import socket
import struct
import sys
import time

SOURCE = bytes.fromhex("0200deadbeef")
MARK = b"ikvswitch test frame: "
LAST = "last"


def kinds():
    """Returns destination and what follows the source of each kind."""
    group = lambda last: bytes.fromhex("0180c20000") + bytes([last])
    return {
        "broadcast": (b"\xff" * 6, bytes.fromhex("88b5")),
        "unicast": (bytes.fromhex("0200cafecafe"), bytes.fromhex("88b5")),
        "vlan": (b"\xff" * 6, bytes.fromhex("8100000a88b5")),
        "qinq": (b"\xff" * 6, bytes.fromhex("88a800648100000a88b5")),
        "lldp": (group(0x0E), bytes.fromhex("88cc")),
        "stp": (group(0x00), struct.pack("!H", 38)),
        "lacp": (group(0x02), bytes.fromhex("8809")),
        "pause": (group(0x01), bytes.fromhex("8808")),
    }


def send():
    sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sender.bind(("eth0", 0))
    for name, (destination, head) in kinds().items():
        sender.send(destination + SOURCE + head + MARK + name.encode() + b";" * 40)
    sender.send(b"\xff" * 6 + SOURCE + bytes.fromhex("88b5") + MARK + LAST.encode() + b";" * 40)


def receive(seconds):
    receiver = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    receiver.bind(("eth0", 3))
    receiver.setsockopt(263, 8, 1)  # SOL_PACKET, PACKET_AUXDATA
    print("ready", flush=True)
    end = time.monotonic() + seconds
    missing = set(kinds())
    while missing and time.monotonic() < end:
        receiver.settimeout(max(0.01, end - time.monotonic()))
        try:
            frame, aux, _, address = receiver.recvmsg(65535, 256)
        except socket.timeout:
            break
        if address[2] == socket.PACKET_OUTGOING or MARK not in frame:
            continue
        name = frame.split(MARK)[1].split(b";")[0].decode()
        if name == LAST:
            break
        if name in missing and frame[:12] + tag(aux) + frame[12:].split(MARK)[0] == (
            kinds()[name][0] + SOURCE + kinds()[name][1]
        ):
            missing.discard(name)
            print(name, flush=True)


def tag(aux):
    """Returns the outer VLAN tag, which the kernel takes out of the frame."""
    for _, _, data in aux:
        status, _, _, _, _, tci, tpid = struct.unpack("IIIHHHH", data)
        if status & 0x10:  # TP_STATUS_VLAN_VALID
            return struct.pack("!HH", tpid if status & 0x40 else 0x8100, tci)
    return b""


if sys.argv[1] == "send":
    send()
else:
    receive(float(sys.argv[2]))
