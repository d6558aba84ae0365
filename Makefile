.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
LINT := .tools/golangci-lint

.PHONY: help
help: ## list what make can do
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "%-18s %s\n", $$1, $$2}'

.PHONY: run
run: ## run the whole backend in one process, data in .imd
	go run ./scripts/imd

.PHONY: up
up: ## run the whole backend with docker compose; docs/deploy.md says more
	scripts/init-env
	docker compose -f deploy/docker-compose.yaml up --build

.PHONY: generate
generate: ## run goctl and protoc over common/proto and the .api files
	scripts/generate.sh

.PHONY: generate-check
generate-check: ## fail when generate changes anything
	scripts/generate-check.sh

.PHONY: test
test: ## all tests, with the race detector, on stores inside the process
	go test -race -shuffle=on $$(go list ./... | grep -v /scripts/e2e)
	go test -race -shuffle=on ./scripts/e2e # the whole system at work has the machine for itself

# Packages whose tests can use real servers, by themselves or by their databases' helpers; they share the servers, so one package
# runs at a time.
INTEGRATION = $$(grep -rlE --include='*_test.go' --exclude-dir=compose --exclude-dir=node_modules 'IM_TEST_|mysqltest\.|storetest\.' . | xargs -n1 dirname | sort -u)

.PHONY: test-integration
test-integration: ## the tests on real MariaDB, Redis, Kafka and Etcd, which are installed and started when missing
	trap 'scripts/servers.sh stop' EXIT; \
	scripts/servers.sh start; \
	env $$(scripts/servers.sh env) go test -race -shuffle=on -count=1 -p=1 -tags=integration $(INTEGRATION)

.PHONY: compose-check
compose-check: ## read deploy/docker-compose.yaml as docker compose does; needs no Docker
	cd scripts/tools/compose && go run . ../../../deploy/docker-compose.yaml

.PHONY: kube-check
kube-check: ## build deploy/kubernetes as kubectl does and check every object; needs no cluster
	cd scripts/tools/kube && go test -count=1 . && go run . ../../../deploy/kubernetes/overlays/{small,production}

.PHONY: test-compose
test-compose: ## run deploy/docker-compose.yaml: end to end, kills and a rolling restart under load; needs Docker with compose
	go test -tags=compose -v -count=1 -timeout=60m ./scripts/compose

.PHONY: test-web
test-web: ## the client library, by itself and against the running backend; needs Node 20 and npm
	scripts/test-web.sh

.PHONY: bench
bench: ## measure imd, everything in one process, beside the demands
	scripts/bench.sh embedded

.PHONY: bench-real
bench-real: ## measure the services as processes on real servers, which are installed and started when missing
	scripts/bench.sh real

.PHONY: vet
vet: ## go vet
	go vet ./...
	go vet -tags=integration $(INTEGRATION)
	go vet -tags=compose ./scripts/compose

.PHONY: lint
lint: $(LINT) ## golangci-lint with .golangci.yml
	$(LINT) run ./...

.PHONY: fmt
fmt: $(LINT) ## format all Go code
	$(LINT) fmt ./...

.PHONY: migrate
migrate: ## bring the databases of the server in IM_MYSQL up to date
	go run ./scripts/migrate

# The linter is a module of its own, so that what it depends on meets neither our code nor goctl.
$(LINT): scripts/tools/lint/go.mod scripts/tools/lint/go.sum
	cd scripts/tools/lint && go build -o ../../../$(LINT) github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	touch $(LINT)
