#!/usr/bin/env bash
# Real MariaDB, Redis, Kafka and Etcd for tests, on 127.0.0.1, with ports, data directories and pid files of their own under
# .test/servers (or $IM_SERVERS_DIR): nothing else on the machine is touched.
#   servers.sh start   installs what is missing, starts all four with empty data and returns when each answers
#   servers.sh env     prints where they are: IM_TEST_MYSQL, IM_TEST_REDIS, IM_TEST_KAFKA, IM_TEST_ETCD
#   servers.sh stop    stops what start began; harmless when nothing runs
set -euo pipefail
cd "$(dirname "$0")/.."
dir=${IM_SERVERS_DIR:-$PWD/.test/servers}
kafka_version=$(sed -n 's:.*<kafka.version>\(.*\)</kafka.version>.*:\1:p' scripts/servers/kafka-pom.xml)
jars=${XDG_CACHE_HOME:-$HOME/.cache}/im-backend/kafka-$kafka_version
names=(mariadb redis kafka etcd)

say() { echo "servers: $*" >&2; }

apt_install() { # apt_install PACKAGE...
  local sudo=()
  [ "$(id -u)" = 0 ] || sudo=(sudo)
  say "installing $*"
  "${sudo[@]}" apt-get update -qq >&2
  # Debian starts freshly installed servers; this one-time policy keeps them off the default ports.
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "$@" >&2
}

install_missing() {
  local missing=()
  command -v mariadbd >/dev/null || missing+=(mariadb-server)
  command -v redis-server >/dev/null || missing+=(redis-server)
  command -v java >/dev/null || missing+=(default-jre-headless)
  ls "$jars"/kafka_*.jar >/dev/null 2>&1 || command -v mvn >/dev/null || missing+=(maven)
  [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
  if ! ls "$jars"/kafka_*.jar >/dev/null 2>&1; then
    say "fetching Kafka $kafka_version from Maven Central"
    rm -rf "$jars.part"
    mkdir -p "$jars.part"
    mvn -q -B -f scripts/servers/kafka-pom.xml dependency:copy-dependencies -DincludeScope=runtime \
      -DoutputDirectory="$jars.part" >&2
    rm -rf "$jars"
    mv "$jars.part" "$jars"
  fi
}

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() { # below the range from which outgoing connections take theirs
  local port
  while :; do
    port=$((20000 + RANDOM % 10000))
    if ! listening "$port" && [[ " ${taken[*]-} " != *" $port "* ]]; then
      taken+=("$port")
      chosen=$port
      return
    fi
  done
}

# When a process began, in clock ticks since boot: with its number, this names it for good.
began() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

pid_of() { # pid_of NAME: the process that start began, if it still runs
  local pid since
  read -r pid since 2>/dev/null <"$dir/$1.pid" || return 1
  [ -n "$since" ] && [ "$(began "$pid")" = "$since" ] && echo "$pid"
}

launch() { # launch NAME COMMAND...: in the background, a session of its own, output to a file
  local name=$1 pid
  shift
  setsid "$@" >"$dir/$name.log" 2>&1 </dev/null &
  pid=$!
  echo "$pid $(began "$pid")" >"$dir/$name.pid"
}

start_mariadb() {
  mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$dir/mariadb" --auth-root-authentication-method=normal \
    --skip-test-db >"$dir/mariadb-install.log" 2>&1
  launch mariadb mariadbd --no-defaults --user="$(id -un)" --datadir="$dir/mariadb" --socket="$dir/mariadb.sock" \
    --bind-address=127.0.0.1 --port="$mysql_port" --max-connections=1000 --innodb-buffer-pool-size=256M \
    --character-set-server=utf8mb4 --collation-server=utf8mb4_unicode_ci
}

start_redis() {
  launch redis redis-server "$dir/redis.conf"
}

# The last tier of the JVM's compiler pays off after many minutes; until then it takes a core from what is tested.
start_kafka() {
  java -cp "$jars/*" kafka.tools.StorageTool format --cluster-id 5L6g3nShT-eMCtK--X86sw --config "$dir/kafka.properties" \
    --ignore-formatted >"$dir/kafka-format.log" 2>&1
  launch kafka java -XX:TieredStopAtLevel=1 -Xmx512m -Xms512m -XX:+AlwaysPreTouch -XX:+UseSerialGC -cp "$jars/*" kafka.Kafka "$dir/kafka.properties"
}

start_etcd() {
  launch etcd "$dir/bin/etcd" --data "$dir/etcd" --listen "127.0.0.1:$etcd_port"
}

write_config() {
  cat >"$dir/redis.conf" <<EOF
bind 127.0.0.1
port $redis_port
dir $dir/redis
appendonly no
save ""
daemonize no
EOF
  cat >"$dir/kafka.properties" <<EOF
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller_port
listeners=PLAINTEXT://127.0.0.1:$kafka_port,CONTROLLER://127.0.0.1:$controller_port
advertised.listeners=PLAINTEXT://127.0.0.1:$kafka_port
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=$dir/kafka
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
EOF
  cat >"$dir/env" <<EOF
IM_TEST_MYSQL=root@tcp(127.0.0.1:$mysql_port)/
IM_TEST_REDIS=127.0.0.1:$redis_port
IM_TEST_KAFKA=127.0.0.1:$kafka_port
IM_TEST_ETCD=127.0.0.1:$etcd_port
EOF
}

mariadb_answers() { mariadb-admin --no-defaults -h127.0.0.1 -P"$mysql_port" -uroot ping >/dev/null 2>&1; }
redis_answers() { [ "$(redis-cli -h 127.0.0.1 -p "$redis_port" ping 2>/dev/null)" = PONG ]; }
# An ApiVersions request: a broker answers it when it has joined its cluster.
kafka_answers() {
  (exec 3<>"/dev/tcp/127.0.0.1/$kafka_port" && printf '\0\0\0\012\0\022\0\0\0\0\0\001\377\377' >&3 &&
    [ "$(head -c 8 <&3 | wc -c)" = 8 ]) 2>/dev/null
}
etcd_answers() { curl -sf "http://127.0.0.1:$etcd_port/health" 2>/dev/null | grep -q true; }

await() { # await NAME
  local deadline=$((SECONDS + 90))
  until "$1_answers"; do
    if ! pid_of "$1" >/dev/null || [ $SECONDS -gt $deadline ]; then
      say "$1 does not answer; the end of $dir/$1.log:"
      tail -n 20 "$dir/$1.log" >&2
      return 1
    fi
    sleep 0.2
  done
  say "$1 answers"
}

all_run() {
  local name
  for name in "${names[@]}"; do pid_of "$name" >/dev/null || return 1; done
}

start() {
  if all_run; then
    say "running already"
    return
  fi
  stop
  install_missing
  mkdir -p "$dir/bin"
  for name in "${names[@]}"; do rm -rf "${dir:?}/$name"; done
  mkdir -p "$dir/mariadb" "$dir/redis"
  go build -o "$dir/bin/etcd" ./scripts/servers/etcd
  taken=()
  free_port; mysql_port=$chosen
  free_port; redis_port=$chosen
  free_port; kafka_port=$chosen
  free_port; controller_port=$chosen
  free_port; etcd_port=$chosen
  write_config
  trap 'stop' ERR
  start_redis
  start_etcd
  start_kafka
  start_mariadb
  for name in "${names[@]}"; do await "$name"; done
  trap - ERR
}

stop() {
  local name pid
  for name in "${names[@]}"; do
    if pid=$(pid_of "$name"); then kill "$pid" 2>/dev/null || true; fi
  done
  for name in "${names[@]}"; do
    local deadline=$((SECONDS + 20))
    while pid=$(pid_of "$name"); do
      [ $SECONDS -le $deadline ] || kill -9 "$pid" 2>/dev/null || true
      sleep 0.1
    done
    rm -f "$dir/$name.pid"
  done
}

case ${1-} in
  start) start ;;
  stop) stop ;;
  env) cat "$dir/env" ;;
  *)
    echo "usage: servers.sh start|stop|env" >&2
    exit 2
    ;;
esac
