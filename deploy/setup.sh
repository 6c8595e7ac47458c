#!/bin/sh
# Makes once what compose.yaml needs: the image of Cria, the key between Cria and vLLM, and a key for whoever calls, whose lines to export
# go to stdout. Running it again keeps the first and makes another key for a caller.
set -eu
cd "$(dirname "$0")"
compose="${COMPOSE:-docker compose}"

# the folder keeps others on this machine out; in the containers, each user may read the file
mkdir -p secrets && chmod 700 secrets
if [ ! -s secrets/vllm_key ]; then
  od -An -N32 -tx1 /dev/urandom | tr -d ' \n' > secrets/vllm_key.new
  chmod 444 secrets/vllm_key.new
  mv secrets/vllm_key.new secrets/vllm_key
fi

$compose build cria >&2
# without vLLM, which it doesn't need for that
$compose run --rm --no-deps -T cria keys create --name compose
