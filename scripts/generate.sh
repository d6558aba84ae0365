#!/usr/bin/env bash
# Runs goctl and protoc, from the versions pinned in scripts/tools/go.mod, over every proto and .api file. Generated files
# (gen, server, routes, types) are rewritten; logic, handlers, config, svc and main are made once and then left alone.
set -euo pipefail
cd "$(dirname "$0")/.."
module=$(awk '/^module/ {print $2; exit}' go.mod)
tools=$PWD/.tools
command -v protoc >/dev/null || { echo "protoc is needed: apt-get install protobuf-compiler" >&2; exit 1; }

mkdir -p "$tools"
(cd scripts/tools && GOFLAGS=-mod=mod GONOSUMDB=github.com/zeromicro/go-zero/tools/goctl go build -o "$tools/" \
  github.com/zeromicro/go-zero/tools/goctl google.golang.org/protobuf/cmd/protoc-gen-go google.golang.org/grpc/cmd/protoc-gen-go-grpc)
export PATH=$tools:$PATH

# Messages without a service: those shared by several services, and the frames of the WebSocket.
protoc -I common/proto --go_out=. --go_opt=module="$module" common/proto/im/log/v1/log.proto common/proto/im/ws/v1/ws.proto

rpc() { # rpc NAME DIR: the gRPC service NAME, generated into DIR
  goctl rpc protoc "common/proto/im/$1/v1/$1.proto" -I common/proto --home deploy/goctl \
    --go_out=. --go_opt=module="$module" --go-grpc_out=. --go-grpc_opt=module="$module" \
    --zrpc_out="./$2" --style go_zero --name-from-filename --client=false
}
rpc user user-service
rpc auth auth-service
rpc friend friend-service
rpc group group-service
rpc chat chat-service
rpc wsgateway ws-gateway

goctl api go --api api-gateway/api/gateway.api --dir api-gateway --home deploy/goctl --style go_zero
goctl api go --api ws-gateway/wsgateway.api --dir ws-gateway --home deploy/goctl --style go_zero
gofmt -w $(git ls-files --cached --others --exclude-standard '*.go' | grep -E '/internal/(server|handler|types)/|/gen/')

# The OpenAPI document, from which the client library makes its types (npm run generate in api-gateway/web).
go run ./api-gateway/internal/openapi/print >api-gateway/web/sdk/openapi.json

# The page of all keys of the configuration.
go run ./scripts/configdoc
