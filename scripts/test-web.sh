#!/usr/bin/env bash
# Checks and tests the web workspace, the last against the whole backend, which the tests start and stop.
set -euo pipefail
cd "$(dirname "$0")/.."
program=$PWD/.test/web/imd
mkdir -p "$(dirname "$program")"
go build -o "$program" ./scripts/imd
cd api-gateway/web
npm ci --no-audit --no-fund
npm run generate:check
npm run lint
npm run typecheck
npm run build
npm test
IM_IMD=$program npm run test:system
