# shellcheck shell=bash
# Functions of `start` for LXD.
# shellcheck disable=SC2154 # start sets the variables

form_cluster() {
  local n token
  inside m1 lxd init --preseed <<END
config:
  core.https_address: 198.18.0.11:8443
storage_pools:
  - {name: default, driver: dir}
cluster:
  enabled: true
  server_name: m1
END
  for n in $numbers; do
    [ "$n" != 1 ] || continue
    # The first member counts as online only after its first heartbeat.
    until token=$(inside m1 lxc cluster add "m$n" -q 2>/dev/null) && [ -n "$token" ]; do
      sleep 0.2
    done
    token=${token##*$'\n'}
    token=${token##* }
    inside "m$n" lxd init --preseed <<END
cluster:
  enabled: true
  server_name: m$n
  server_address: 198.18.0.1$n:8443
  cluster_token: $token
  member_config: []
END
  done
  inside m1 lxc project create "$project" -c features.images=true -c features.profiles=true \
    -c features.storage.volumes=true -c features.networks=false -c restricted=true \
    -c restricted.cluster.target=allow -c restricted.devices.nic=allow -c restricted.devices.disk=managed \
    </dev/null >/dev/null
}

# client_token [PROJECT]: print a token with which one client is trusted.
client_token() {
  local said
  said=$(inside m1 lxc config trust add --name ikvswitch --restricted --projects "${1:-$project}" -q)
  said=${said##*$'\n'}
  echo "${said##* }"
}
