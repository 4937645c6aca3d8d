# Two commands matter: make demo, make test. Everything else serves them.
GO ?= go
LINT_VERSION := v2.15.0

.PHONY: demo test build check lint fuzz bench install-test-tools golden

demo: ## run the example edition in ./demo-data and print sign-in links for each kind of user
	$(GO) run ./cmd/hoinghi demo --data demo-data

build: ## one binary in ./bin
	$(GO) build -ldflags='-s -w' -o bin/hoinghi ./cmd/hoinghi

test: install-test-tools ## everything: linters, race detector, browser tests
	$(MAKE) lint
	HOINGHI_BROWSER=1 $(GO) test -race -timeout 15m ./...
	$(GO) test -run 'TestEveryFormWithstandsBadInput|TestEveryPageThatLinksLeadToWorks' ./conference/web # alone, without the detector, under which it takes ten minutes

check: ## what a change wants to know within a minute
	$(GO) vet ./...
	$(GO) test ./...

lint:
	$(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION) run ./...

install-test-tools:
	./scripts/install-test-tools

golden: ## write the golden files anew; read the difference before you commit it
	UPDATE_GOLDEN=1 $(GO) test ./...

fuzz: ## each fuzz target for half a minute
	./scripts/fuzz 30s

bench: ## measure on a quiet machine, into docs/performance.md; five to ten minutes
	$(GO) run ./bench -doc docs/performance.md
