# Keeps a private PostgreSQL cluster for as long as standard input stays open. The test process holds the other end of
# that pipe: however it ends, the pipe closes, the server stops and its folder goes.
#
# usage: sh -c "$(cat keeper.sh)" keeper BINARIES
# Answers what went wrong, or a last line "ready FOLDER" as soon as the server takes connections on the socket in FOLDER.
set -eu
binaries=$1

# A temporary folder of the caller's own may be closed to the unprivileged user that we are here.
folder=$(mktemp -d "${TMPDIR:-/tmp}/catchment-postgres.XXXXXX" 2>/dev/null) \
  || folder=$(mktemp -d /tmp/catchment-postgres.XXXXXX)
data=$folder/data

end() {
  "$binaries/pg_ctl" stop --pgdata "$data" --mode immediate --silent >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap end EXIT
# Nothing else ends the keeper, not even answering to tests that are gone by then.
trap '' HUP INT PIPE TERM
cd "$folder"

start() {
  "$binaries/initdb" --pgdata "$data" --username postgres --auth trust --encoding UTF8 --no-locale --no-sync
  # Nothing here must outlive the tests, so nothing waits for a disk.
  cat >>"$data/postgresql.conf" <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$folder'
port = 5432
max_connections = 200
shared_buffers = 64MB
max_wal_size = 256MB
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
log_min_messages = fatal
SETTINGS
  "$binaries/pg_ctl" start --pgdata "$data" --wait --timeout 120 --log "$folder/server.log"
  # Tests work as the application does: with a role that owns its databases and nothing else.
  "$binaries/psql" "postgres://postgres@/postgres?host=$folder&port=5432" --no-psqlrc --quiet \
    --command 'CREATE ROLE catchment LOGIN'
}
(start) >"$folder/start.log" 2>&1 || {
  cat "$folder/start.log"
  [ ! -f "$folder/server.log" ] || cat "$folder/server.log"
  exit 1
}

printf 'ready %s\n' "$folder" || exit 1
exec >/dev/null 2>&1
cat
