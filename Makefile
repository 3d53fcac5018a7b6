# Everything here needs only Go and, for the real brokers, a Debian-like machine with root, an installed
# rabbitmq-server, or docker: cmd/devbroker fetches and starts them.

GO      ?= go
BIN     := $(CURDIR)/bin
PREFIX  ?= /usr/local

# The program is built without cgo, so its tests are too; each of the test programs then links a tenth faster.
export CGO_ENABLED = 0
test-race test-unit: export CGO_ENABLED = 1

.PHONY: build install demo test test-quick test-more test-all suites test-parity test-brokers test-brokers-1 test-brokers-2 test-waits test-clusters test-clusters-1 test-clusters-2 test-erlang test-dist test-race test-unit lint lint-elsewhere gen bench dist clean help

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## Build bin/rabbitctl and bin/devbroker
	@mkdir -p $(BIN)
	$(GO) build -trimpath -ldflags '-s -w' -o $(BIN)/ ./cmd/rabbitctl ./cmd/devbroker

install: build ## Install rabbitctl below PREFIX (/usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
		$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	install -m 755 $(BIN)/rabbitctl $(DESTDIR)$(PREFIX)/bin/rabbitctl
	install -m 644 docs/man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 644 completions/rabbitctl.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/rabbitctl
	install -m 644 completions/_rabbitctl $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_rabbitctl
	install -m 644 completions/rabbitctl.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/rabbitctl.fish

demo: build ## Start a real broker, and show what rabbitctl is for
	$(BIN)/devbroker demo --rabbitctl $(BIN)/rabbitctl

test: build ## Run the tests that every change must pass: unit tests, and real brokers of releases 3.10 and 4.3
	@$(MAKE) --no-print-directory test-quick
	@$(MAKE) --no-print-directory suites AT_A_TIME=5 SUITES='$(ON_BROKERS)' RELEASES='3.10 4.3' CLUSTERS=4.3

test-more: build ## Run the rest: parity and Erlang distribution, release 4.0, a cluster of 3.10, devbroker's own tests
	@$(MAKE) --no-print-directory suites RELEASES=4.0 CLUSTERS=3.10 PARITIES='$(MORE_PARITIES)' ERLANGS='3.10 4.3'
	$(GO) test -tags acceptance -count=1 -timeout 20m ./cmd/devbroker/...

test-all: build ## Run what make test leaves out: test-more with very many queues, the race detector, packages
	@$(MAKE) --no-print-directory test-race
	@$(MAKE) --no-print-directory test-more RABBITCTL_SLOW=1 MORE_PARITIES='3.10 4.0 4.3'
	@$(MAKE) --no-print-directory test-dist

# Many of the tests without a broker wait, so more of them run at once than there are cores; not so with the race detector,
# which slows them until their budgets end. The packages whose tests take longest begin first. With GOGC=400 the compiler, the
# linker and the tests collect garbage less often: they take less time, and some hundred megabytes more.
test-quick: ## Run the tests that need no broker (QUICK=-count=1: also those that passed before)
	GOGC=400 $(GO) test -p 8 -parallel 8 $(QUICK) ./pkg/cli ./pkg/personality ./pkg/erldist ./...

test-race: ## Run the tests that need no broker with the race detector
	$(GO) test -race ./pkg/...

# The suites on real brokers mostly wait, each for brokers of its own, so they run side by side. For that reason the two longest
# are divided by the names of their tests.
suites:
	@rm -f $(BIN)/ran-on-*.txt
	@$(MAKE) --no-print-directory -j$(AT_A_TIME) -O $(SUITES)
	@cat $(BIN)/ran-on-*.txt | sort -u

# Parity with one release keeps a core busy for ten minutes.
MORE_PARITIES ?= 3.10 4.3
# How many suites run at once.
AT_A_TIME ?= 4
SUITES ?= test-parity test-erlang $(ON_BROKERS)
ON_BROKERS = test-brokers-1 test-brokers-2 test-clusters-1 test-clusters-2 test-waits
RELEASES ?= 3.10 4.0 4.3
CLUSTERS ?= $(RELEASES)
PARITIES ?= $(RELEASES)
ERLANGS ?= $(filter-out 4.0,$(RELEASES))
export RABBITCTL_SLOW
ACCEPTANCE = RABBITCTL_BIN_DIR=$(BIN) RABBITCTL_SUMMARY=$(BIN)/ran-on-$@.txt RABBITCTL_SUITE=$@ $(GO) test -vet=off -tags acceptance -count=1 -timeout 40m
# The names that end in _1 are for the first half of a suite.
TESTS_1 = ^Test[A-E]
OWN = Cluster|NoStatistics|ManyQueues
OWN_1 = Cluster($$|[A-L_])
PARITY = Parity|AsRabbitmqctl
# These have nodes of their own, which they stop and reset.
ERLANG = ErlangDistribution
# These take half of the time, most of it in waiting for figures that a broker gathers every five seconds.
WAITS = DeleteQueue_young|CheckDisk|CheckMemory|CheckCertificates|consumersApart|growth|Doctor|WaitFor|ListChurn|ListStuck|Tutorial

$(SUITES): build

test-parity:
	RABBITCTL_RELEASES='$(PARITIES)' $(ACCEPTANCE) -run '$(PARITY)' ./pkg/acceptance

test-brokers: test-brokers-1 test-brokers-2

test-brokers-1:
	RABBITCTL_RELEASES='$(RELEASES)' $(ACCEPTANCE) -run '$(TESTS_1)' -skip '$(PARITY)|$(OWN)|$(ERLANG)|$(WAITS)' ./pkg/acceptance

test-brokers-2:
	RABBITCTL_RELEASES='$(RELEASES)' $(ACCEPTANCE) -skip '$(TESTS_1)|$(PARITY)|$(OWN)|$(ERLANG)|$(WAITS)' ./pkg/acceptance

test-waits:
	RABBITCTL_RELEASES='$(RELEASES)' $(ACCEPTANCE) -run '$(WAITS)' -skip '$(PARITY)|$(OWN)' ./pkg/acceptance

test-clusters: test-clusters-1 test-clusters-2

test-clusters-1:
	RABBITCTL_RELEASES='$(CLUSTERS)' $(ACCEPTANCE) -run '$(OWN_1)' ./pkg/acceptance

test-clusters-2:
	RABBITCTL_RELEASES='$(CLUSTERS)' $(ACCEPTANCE) -run '$(OWN)' -skip '$(OWN_1)' ./pkg/acceptance

test-erlang:
	RABBITCTL_RELEASES='$(ERLANGS)' $(ACCEPTANCE) -run '$(ERLANG)' ./pkg/acceptance

test-dist: ## Build a release twice and compare, and look into its packages
	$(GO) test -tags acceptance -count=1 -timeout 20m ./cmd/dist

test-unit: ## Run the tests that need no broker, with the race detector, and measure coverage
	@mkdir -p $(BIN)
	$(GO) test -race -coverprofile=$(BIN)/coverage.out ./...

lint: ## gofmt, go vet, golangci-lint (.golangci.yml says which linters)
	@test -z "$$(gofmt -l cmd pkg)" || { gofmt -l cmd pkg; echo 'gofmt would change these'; exit 1; }
	$(GO) vet ./...
	$(GO) vet -tags acceptance ./...
	$(GO) tool -modfile=.lint/go.mod golangci-lint run ./...
	@$(MAKE) --no-print-directory lint-elsewhere

# Nothing runs here what only Windows or macOS compiles, so at least it is looked at. -trimpath, as then make dist compiles less.
lint-elsewhere:
	GOOS=windows $(GO) vet -trimpath ./cmd/rabbitctl ./pkg/...
	GOOS=darwin $(GO) vet -trimpath ./...

gen: ## Write docs/reference, docs/man and completions
	$(GO) run ./cmd/gen

# The second edition of rabbitmqadmin is built once, where there is a Rust toolchain.
export RABBITMQADMIN2 ?= $(BIN)/rabbitmqadmin2/bin/rabbitmqadmin

bench: build ## Measure against curl, rabbitmqctl and rabbitmqadmin on a real broker
	@test -x '$(RABBITMQADMIN2)' || ! command -v cargo >/dev/null || \
		nice cargo install --locked rabbitmqadmin --root '$(BIN)/rabbitmqadmin2' || echo 'rabbitmqadmin v2 does not build here and is left out'
	$(GO) test -tags acceptance -run '^$$' -bench . -benchtime 1x -timeout 120m ./pkg/acceptance/...

dist: ## Build archives, packages and checksums of a release into dist/ (DIST='-only linux/amd64' for less)
	$(GO) run ./cmd/dist $(DIST)

clean: ## Remove what was built, and end the brokers that devbroker started
	-test ! -x $(BIN)/devbroker || $(BIN)/devbroker down --all
	rm -rf $(BIN) dist
