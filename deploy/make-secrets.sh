#!/bin/sh
# Makes the secrets that docker-compose.yml mounts. Existing ones stay: it can be run again.
# Back the folder up: without master_key no stored host credential can be opened.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
# Compose mounts the files with their own mode, and the containers run as ordinary users: the folder is what protects.
chmod 700 secrets
write() { [ -s "secrets/$1" ] || { cat > "secrets/$1"; chmod 444 "secrets/$1"; }; }
token() { openssl rand -hex 32 | tr -d '\n'; }

token | write postgres_password
token | write valkey_password
app_password=$(token)
printf 'postgresql://plimsoll:%s@postgres:5432/plimsoll' "$(cat secrets/postgres_password)" | write database_url
printf 'postgresql://plimsoll_app:%s@postgres:5432/plimsoll' "$app_password" | write app_database_url
printf 'redis://:%s@valkey:6379' "$(cat secrets/valkey_password)" | write redis_url
openssl rand -base64 32 | write master_key
openssl genpkey -algorithm ed25519 2>/dev/null | write token_signing_key
echo "The secrets are in $(pwd)/secrets"
