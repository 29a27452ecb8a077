#!/bin/bash
# Provisions and fills the forest at the first start, then runs the domain controller in the foreground.
# The certificate of its authority is put into /shared/<name>/ca.pem for the other containers.
set -euo pipefail

folder=/var/lib/forest/$FOREST_NAME
realm=${FOREST_DOMAIN^^}
groups=$((FOREST_USERS / 20 > 10 ? FOREST_USERS / 20 : 10))

write_config() {
  cat > "$folder/etc/smb.conf" <<CONFIG
[global]
  netbios name = DC1
  realm = $realm
  workgroup = $FOREST_NETBIOS
  server role = active directory domain controller
  server services = rpc, ldap, kdc
  dcerpc endpoint servers = epmapper, drsuapi, lsarpc, samr, netlogon
  rpc server port = 49152
  rpc server dynamic port range = 49152-49200
  disable netbios = yes
  private dir = $folder/private
  state directory = $folder/state
  cache directory = $folder/cache
  lock directory = $folder
  pid directory = $folder/run
  ncalrpc dir = $folder/ncalrpc
  ntp signd socket directory = $folder/ntp_signd
  winbindd socket directory = $folder/winbindd
  log file = $folder/log/samba.log
  ldap server require strong auth = no
  tls enabled = yes
  ntlm auth = ntlmv2-only
[sysvol]
  path = $folder/state/sysvol
  read only = no
[netlogon]
  path = $folder/state/sysvol/$FOREST_DOMAIN/scripts
  read only = no
CONFIG
}

provision() {
  mkdir -p "$folder"/{etc,log,run,ncalrpc,cache}
  printf '[global]\n' > "$folder/etc/empty.conf"
  samba-tool domain provision --configfile="$folder/etc/empty.conf" --targetdir="$folder" --server-role=dc --dns-backend=NONE \
    --realm="$realm" --domain="$FOREST_NETBIOS" --host-name=dc1 --adminpass="$(< /run/secrets/lab-admin-password)"
  write_config
  PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 /opt/adjoin/prepare_forest.py "$folder" < /run/secrets/lab-accounts
  PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 /opt/adjoin/load_directory.py "$folder" <<ORDER
{"users": $FOREST_USERS, "groups": $groups, "contacts": $((FOREST_USERS / 20)), "computers": $((FOREST_USERS / 50)),
 "membersMin": 25, "membersMax": 50, "seed": 1, "employeePrefix": "$EMPLOYEE_PREFIX"}
ORDER
  touch "$folder/provisioned"
}

if [ ! -f "$folder/provisioned" ]; then
  rm -rf "$folder"
  provision
fi

publish_authority() {
  until [ -s "$folder/private/tls/ca.pem" ]; do sleep 0.2; done
  install -D -m 644 "$folder/private/tls/ca.pem" "/shared/$FOREST_NAME/ca.pem"
}
publish_authority &

exec samba -F --no-process-group -M single --configfile="$folder/etc/smb.conf"
