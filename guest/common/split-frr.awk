# Splits an integrated frr.conf into one file per daemon: dir/zebra.conf, dir/bgpd.conf, ...
# -v dir=DIRECTORY  -v mgmtd=1 if FRR has mgmtd, which handles the interfaces, filters and static routes of zebra and
# staticd. At an unknown statement it writes nothing and exits with 3.
# Started whenever FRR's daemons start: by `boot`, by `init` of a namespace, and by `complete-clone`.

BEGIN {
  all = "zebra bgpd bfdd " (mgmtd ? "mgmtd" : "staticd")
  # zebra and staticd get these from mgmtd if it exists.
  kernel = mgmtd ? "mgmtd" : "zebra"
  static = mgmtd ? "mgmtd" : "staticd"
  target = ""
}

/^[ \t]*(!|#|$)/ || /^(end|exit)[ \t]*$/ || /^frr version / || /^Building / || /^Current / { next }

# Lines of a block go to the same daemons as its first line.
/^[ \t]/ {
  if (target == "") unknown()
  # Accept only these daemons' interface statements: those of other protocols are unknown.
  if (block == "interface" && $0 !~ /^ +(no +)?(ipv6 nd|ip address|ipv6 address|description|shutdown|bandwidth|multicast)( |$)/ &&
      $0 !~ /^ +exit$/) unknown()
  send(target, $0)
  next
}

{ close_block(); block = $1; target = place($0); if (target == "") unknown(); send(target, $0) }

END {
  if (failed) exit 3
  close_block()
  for (daemon in text) printf "%s", text[daemon] > (dir "/" daemon ".conf")
}

function place(line) {
  if (line ~ /^(frr defaults|(no )?log|(no )?service|hostname|domainname|password|enable password|line vty)( |$)/) return all
  if (line ~ /^interface /) return kernel
  if (line ~ /^(ip|ipv6) route /) return static
  if (line ~ /^(ip prefix-list|ipv6 prefix-list|access-list|ipv6 access-list|route-map) /) return kernel " bgpd"
  if (line ~ /^(ip|ipv6) (protocol|nht|router-id) / || line ~ /^router-id /) return kernel
  if (line ~ /^(no )?(ip|ipv6) forwarding$/ || line ~ /^(no )?zebra nexthop /) return "zebra"
  if (line ~ /^(router bgp|bgp|no bgp) /) return "bgpd"
  if (line ~ /^bfd$/) return "bfdd"
  return ""
}

# End each block explicitly: otherwise a daemon first tries the next statement inside the block.
function close_block() {
  if (target != "" && (block == "interface" || block == "router" || block == "route-map" || block == "bfd"))
    send(target, "exit")
  target = ""
}

function send(daemons, line,   names, count, i) {
  count = split(daemons, names, " ")
  for (i = 1; i <= count; i++) text[names[i]] = text[names[i]] line "\n"
}

function unknown() { failed = 1; exit 3 }
