#!/usr/bin/env bash
# Fails when generating changes, adds or removes a file: what is committed is then not what the protos and .api files say.
set -euo pipefail
cd "$(dirname "$0")/.."
files() { git ls-files --cached --others --exclude-standard; }
hashes() { files | while read -r f; do [ ! -f "$f" ] || sha1sum "$f"; done | sort -k2; }
before=$(hashes)
scripts/generate.sh >/dev/null
if ! diff <(echo "$before") <(hashes); then
  echo "the files above are not as make generate makes them: run it and commit what changes" >&2
  exit 1
fi
echo "generated code is up to date"
