#!/usr/bin/env bash
# Measures the system with scripts/loadgen and prints its figures beside the demands.
#   bench.sh embedded [LOADGEN-FLAGS]   imd: everything in one process, on embedded stores
#   bench.sh real [LOADGEN-FLAGS]       each service a process of its own, on real MariaDB, Redis, Kafka and Etcd
# The report is written to .test/bench/KIND.json too. Nothing else may use the machine meanwhile.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:-}
[[ $kind == embedded || $kind == real ]] || { sed -n 2,5p "$0" >&2; exit 2; }
shift
dir=$PWD/.test/bench
export IM_SERVERS_DIR=$dir/servers # its own: not what tests use, and empty
export WS_RATE=20000 WS_BURST=40000 WS_USER_RATE=20000 WS_USER_BURST=40000 # one connection writes for a whole group
pids=()
watched=() # NAME=PID, for loadgen

say() { echo "bench: $*" >&2; }

finish() {
  local pid
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  [ "$kind" = embedded ] || scripts/servers.sh stop
  rm -rf "${dir:?}/data"
}
trap finish EXIT

launch() { # launch NAME LOG COMMAND...
  local name=$1 log=$2
  shift 2
  "$@" >"$dir/$log.log" 2>&1 &
  pids+=($!)
  watched+=(-process "$name=$!")
}

ready() { # ready URL: waits until it answers 200
  local deadline=$((SECONDS + 60))
  until curl -sf -o /dev/null "$1"; do
    [ $SECONDS -le $deadline ] || { say "$1 is not ready; see $dir"; exit 1; }
    sleep 0.2
  done
}

start_embedded() {
  go build -o "$dir/bin/imd" ./scripts/imd
  launch imd imd "$dir/bin/imd" --data "$dir/data" --http 127.0.0.1:18080 --ws 127.0.0.1:18081 \
    --set CHAT_OPS=127.0.0.1:19105 --set CHAT_PPROF=true
  ready http://127.0.0.1:19105/readyz
  ready http://127.0.0.1:18080/openapi.json
  flags=(-embedded)
}

store() { # store NAME: watches a store that servers.sh has started
  watched+=(-process "$1=$(cut -d' ' -f1 "$IM_SERVERS_DIR/$1.pid")")
}

start_real() {
  local service port=19001 ops=19101
  scripts/servers.sh start
  eval "$(scripts/servers.sh env | sed "s/=\(.*\)/='\1'/")"
  local name
  for name in mariadb redis kafka etcd; do store $name; done
  go run ./scripts/migrate -mysql "$IM_TEST_MYSQL"
  export ETCD_ADDR=$IM_TEST_ETCD REDIS_ADDR=$IM_TEST_REDIS KAFKA_ADDR=$IM_TEST_KAFKA
  export WS_PUBLIC_URL=ws://127.0.0.1:18081/ws API_LISTEN=127.0.0.1:18080
  export PASSWORD_MEMORY_KIB=8192 PASSWORD_ITERATIONS=1 # making people is not measured
  export REGISTER_ADDRESS_FREE=1000000 # all of them have one address
  for service in user auth friend group chat; do
    go build -o "$dir/bin/$service" "./$service-service"
    env "${service^^}_LISTEN=127.0.0.1:$port" "${service^^}_OPS=127.0.0.1:$ops" "${service^^}_PPROF=true" \
      "${service^^}_DSN=${IM_TEST_MYSQL}im_$service" \
      bash -c "exec $dir/bin/$service -insecure -f $service-service/etc/$service.yaml" >"$dir/$service.log" 2>&1 &
    pids+=($!)
    watched+=(-process "$service-service=$!")
    port=$((port + 1)) ops=$((ops + 1))
  done
  go build -o "$dir/bin/wsgateway" ./ws-gateway
  go build -o "$dir/bin/gateway" ./api-gateway
  gateway ws-gateway 18081 19006 19106
  gateway spare-gateway 18082 19007 19108
  API_OPS=127.0.0.1:19107 launch api-gateway api "$dir/bin/gateway" -f api-gateway/etc/gateway.yaml
  for ops in 19101 19102 19103 19104 19105 19106 19107 19108; do ready "http://127.0.0.1:$ops/readyz"; done
  flags=(-spare ws://127.0.0.1:18082/ws -kill ws-gateway -etcd "$IM_TEST_ETCD" -mysql "$IM_TEST_MYSQL" -redis "$IM_TEST_REDIS")
}

gateway() { # gateway NAME PORT RPC OPS
  WS_LISTEN=127.0.0.1:$2 WSPUSH_LISTEN=127.0.0.1:$3 WSPUSH_OPS=127.0.0.1:$4 WSPUSH_PPROF=true \
    launch "$1" "$1" "$dir/bin/wsgateway" -insecure -f ws-gateway/etc/wsgateway.yaml
}

[ "$kind" = embedded ] || scripts/servers.sh stop # what a killed run left
rm -rf "$dir"
mkdir -p "$dir/bin"
go build -o "$dir/bin/loadgen" ./scripts/loadgen
"start_$kind"
"$dir/bin/loadgen" -api http://127.0.0.1:18080 -ws ws://127.0.0.1:18081/ws -json "$dir/$kind.json" \
  "${flags[@]}" "${watched[@]}" "$@"
