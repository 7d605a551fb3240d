#!/bin/bash
# Two balancers, two web servers and a client on this machine, each in a network namespace of its own:
#
#     sudo examples/ha/run.sh [CADDY]
#
# CADDY is a binary with this suite; without it one is built. Needs root, iproute2 and curl; takes about twenty seconds and
# leaves nothing behind.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
tag=ha$$ # the namespaces are ha123-master, ha123-backup, ...
vip=192.168.122.100
pids=

cleanup() {
    trap - EXIT INT TERM
    for pid in $pids; do kill -TERM "$pid" 2>/dev/null || true; done
    within 5 ended || for pid in $pids; do kill -KILL "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    for node in master backup servers client switch; do
        for pid in $(ip netns pids "$tag-$node" 2>/dev/null); do kill -KILL "$pid" 2>/dev/null || true; done
        ip netns del "$tag-$node" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

say() { printf '\n%s\n' "$*"; }
die() { echo "$*" >&2; tail -n 20 "$work"/*/log >&2; exit 1; }
now() { date +%s%3N; } # milliseconds
on() { node=$1; shift; ip netns exec "$tag-$node" "$@"; }

# within SECONDS COMMAND...: asks until the command succeeds.
within() {
    end=$(($(now) + $1 * 1000)); shift
    until "$@"; do
        [ "$(now)" -lt "$end" ] || return 1
        sleep 0.02
    done
}

# plug NAME ADDRESS...: a namespace with eth0 in the switch.
plug() {
    ns=$tag-$1
    ip netns add "$ns"
    ip -n "$ns" link set lo up
    ip -n "$tag-switch" link add name "$1" type veth peer name eth0 netns "$ns"
    ip -n "$tag-switch" link set dev "$1" master br0 up
    ip -n "$ns" link set eth0 up
    shift
    for address; do ip -n "$ns" address add "$address/24" dev eth0; done
}

# start NODE: the balancer of a node, with a folder as /etc/haproxy would be.
start() {
    mkdir -p "$work/$1"
    cp "$here/haproxy.cfg" "$work/$1/haproxy.cfg"
    cp "$here/$1.conf" "$work/$1/keepalived.conf"
    HOME=$work/$1 XDG_DATA_HOME=$work/$1 XDG_CONFIG_HOME=$work/$1 ip netns exec "$tag-$1" \
        "$caddy" run --adapter haproxy --config "$work/$1/haproxy.cfg" >>"$work/$1/log" 2>&1 &
    eval "pid_$1=$!"
    pids="$pids $!"
}

# serve NAME ADDRESS: a web server that answers with its name.
serve() {
    mkdir -p "$work/$1"
    HOME=$work/$1 XDG_DATA_HOME=$work/$1 XDG_CONFIG_HOME=$work/$1 ip netns exec "$tag-servers" \
        "$caddy" respond --listen "$2:80" --body "$1
" >>"$work/$1/log" 2>&1 &
    pids="$pids $!"
}

ended() { [ -z "$(jobs -rp)" ]; }
holds() { ip -n "$tag-$1" -o address show dev eth0 | grep -q "inet $vip/"; }
listens() { on "$1" ss -Hltn "src $vip:80" | grep -q .; }
gone() { ! holds "$1"; }
ask() { on client curl -s -f -m 1 "http://$vip/"; }
ready() { ask >/dev/null; }

# watch: a client that asks all the time, a new connection for each request, and writes down when it got which answer.
watch() {
    on client bash -c 'while :; do
        if answer=$(curl -s -f -m 1 "http://$0/"); then echo "$(date +%s%3N) $answer"; else echo "$(date +%s%3N) failed"; fi
        sleep 0.01
    done' "$vip" >"$work/seen" &
    pids="$pids $!"
}

# report: what the client saw since the last report, whose last answer counts as the first of this one.
seen=0
report() {
    tail -n +"$seen" "$work/seen" | awk -v old="$((seen > 0))" '
        $2 == "failed" { failed++; next }
        { if (last && $1 - last > gap) gap = $1 - last; last = $1; answered++ }
        END {
            printf "   the client: %d requests answered, %d failed, never more than %d ms between two answers\n", answered - old, failed, gap
        }'
    seen=$(wc -l <"$work/seen")
}

# moves FROM TO: waits until the address is there, and the client is answered from there.
moves() {
    within 10 holds "$2" || die "$2 did not take $vip"
    within 5 gone "$1" || die "$1 still has $vip"
    within 5 ready || die "$2 does not answer"
    sleep 1
    echo "   $2 has $vip"
    report
}

[ "$(id -u)" = 0 ] || die "run.sh needs root, for network namespaces"
caddy=${1:-}
if [ -z "$caddy" ]; then
    say "Building caddy ..."
    caddy=$work/caddy
    (cd "$here/../.." && go build -o "$caddy" ./cmd/caddy)
fi
caddy=$(cd "$(dirname "$caddy")" && pwd)/$(basename "$caddy")

ip netns add "$tag-switch"
ip -n "$tag-switch" link add br0 type bridge mcast_snooping 0
ip -n "$tag-switch" link set br0 up
plug master 192.168.122.11
plug backup 192.168.122.12
plug servers 192.168.122.21 192.168.122.22
plug client 192.168.122.50
serve http1 192.168.122.21
serve http2 192.168.122.22

say "1. Both nodes start. The backup listens on $vip, too, without having it."
start master
within 15 holds master || die "the master did not take $vip"
start backup
within 10 listens backup || die "the backup does not listen"
within 10 ready || die "nobody answers on $vip"
gone backup || die "both have $vip"
echo "   master has $vip, and balances: $(ask) $(ask) $(ask) $(ask)"
on master "$caddy" vrrp status | sed 's/^/   /'
watch
sleep 1
report

say "2. The master is stopped (SIGTERM), for maintenance. It leaves when the backup has taken over."
kill -TERM "$pid_master"
moves master backup
wait "$pid_master" || die "the master did not end well"

say "3. It is started again, and stays backup: the configuration says nopreempt."
start master
sleep 4
holds backup && gone master || die "the address moved"
echo "   backup has $vip"
report

say "4. The proxy that has the address dies (SIGKILL). Its guard hands over."
kill -KILL "$pid_backup"
wait "$pid_backup" 2>/dev/null || true
moves backup master

say "Done. Every namespace is removed."
