# make run | test | bench | torture | fuzz | lint | install | deps
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PREFIX ?= /usr/local
SWIFT ?= swift
# The linker matters: with the default one a static binary knows no time zone.
RELEASE := -c release --static-swift-stdlib -Xswiftc -use-ld=lld
# The same flags for lint and test, so that nothing is built twice.
STRICT := -Xswiftc -warnings-as-errors
RELEASE_BIN = $(shell $(SWIFT) build $(RELEASE) --show-bin-path)

.PHONY: help run test bench torture fuzz lint install deps release
help:
	@echo "make run      the shop example: MariaDB, partners, Waybill, bill   ORDERS=10000 ONCE=1 KEEP=1 RATE=5"
	@echo "make test     all tests (debug)"
	@echo "make bench    messages a second and CPU of a message   BENCH=http,file,backlog,queue ROWS=200000"
	@echo "make torture  kill -9 in a loop, power cuts, random runs   WAYBILL_KILLS=300 WAYBILL_POWER_CUTS=100 WAYBILL_SEEDS=5000"; \
	echo "                                                           WAYBILL_QUEUE_KILLS=1000 WAYBILL_QUEUE_CUTS=200"
	@echo "make fuzz     the queue's protocol against libFuzzer   FUZZ_SECONDS=60"
	@echo "make lint     layout and warnings"
	@echo "make install  the service below PREFIX=$(PREFIX)"
	@echo "make deps     apt packages that are missing"

release: deps
	$(SWIFT) build $(RELEASE) --product waybill
	$(SWIFT) build $(RELEASE) --product exampleshop

run: deps release
	@exec "$(RELEASE_BIN)/exampleshop"

# A filter that matches nothing is a success for `swift test`: here it is a failure.
define tests
	$(SWIFT) test --skip-build --disable-xctest $(STRICT) $(1) 2>&1 | tee .build/tests.log
	grep -q 'Test run with [1-9]' .build/tests.log
endef

# The queue's door over the wire: against a model, under kill -9, and with the power cut where mounting is permitted.
define QUEUE_LOOPS
	python3 -B Tests/Torture/queue_model.py
	python3 -B Tests/Torture/queue_kills.py
endef

test: deps
	$(SWIFT) build --build-tests $(STRICT)
	$(call tests,--skip 'ConnectorTests|Scenarios|StoreTests')
	$(call tests,--filter '^(ConnectorTests|StoreTests)\.')
	$(call tests,--no-parallel --filter '^Scenarios\.')
	python3 -B -m unittest discover -s Tests/Torture -p 'test_*.py'
	python3 -B -m unittest discover -s Tests/Clients -p 'test_*.py'
	$(QUEUE_LOOPS)

bench: deps release
	$(SWIFT) build $(RELEASE) --product QueueBench
	@WAYBILL="$(RELEASE_BIN)/waybill" QUEUE_BENCH="$(RELEASE_BIN)/QueueBench" SHOP="$(RELEASE_BIN)/exampleshop" python3 -B Tests/Benchmarks/bench.py

# The same loops as in `make test`, ten times as long.
torture: export WAYBILL_BINARY = $(RELEASE_BIN)/waybill
torture: export WAYBILL_KILLS := $(or $(WAYBILL_KILLS),300)
torture: export WAYBILL_POWER_CUTS := $(or $(WAYBILL_POWER_CUTS),100)
torture: export WAYBILL_SEEDS := $(or $(WAYBILL_SEEDS),5000)
torture: export WAYBILL_QUEUE_STEPS := $(or $(WAYBILL_QUEUE_STEPS),60000)
torture: export WAYBILL_QUEUE_KILLS := $(or $(WAYBILL_QUEUE_KILLS),1000)
torture: export WAYBILL_QUEUE_CUTS := $(or $(WAYBILL_QUEUE_CUTS),200)
torture: deps release
	$(SWIFT) build --build-tests $(STRICT)
	$(call tests,--filter '^Scenarios\..*Kill')
	$(call tests,--filter 'StoreTests.*(powerCuts|Killed)')
	$(call tests,--filter 'SimulationTests')
	$(QUEUE_LOOPS)
	python3 -B Tests/Torture/hostile_frames.py

# Without the package manager: the protocol and its fuzz body as one small module, so that every line of it is seen.
# Interesting inputs are kept in .build/fuzz/corpus and used again; a crash leaves its input in .build/fuzz.
FUZZ_SECONDS ?= 60
fuzz: deps
	@mkdir -p .build/fuzz/corpus
	python3 -B Tests/Fuzz/seeds.py .build/fuzz/seeds
	$(SWIFT)c -O -g -sanitize=fuzzer,address -parse-as-library -swift-version 6 -package-name waybill -module-name Fuzz \
	  Sources/Queue/Protocol/*.swift Tests/Fuzz/ProtocolFuzz.swift -o .build/fuzz/protocol
	ASAN_OPTIONS=detect_leaks=0 .build/fuzz/protocol -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -rss_limit_mb=512 \
	  -timeout=5 -dict=Tests/Fuzz/protocol.dict -artifact_prefix=.build/fuzz/ -print_final_stats=1 \
	  .build/fuzz/corpus .build/fuzz/seeds

lint: deps
	$(SWIFT) format lint --strict -r Package.swift Sources Connectors Tests
	$(SWIFT) build --build-tests $(STRICT)

install: release
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 "$(RELEASE_BIN)/waybill" "$(DESTDIR)$(PREFIX)/bin/waybill"
	install -d "$(DESTDIR)$(PREFIX)/lib/systemd/system"
	sed 's|@BINDIR@|$(PREFIX)/bin|' Sources/waybill/Packaging/waybill.service \
	  > "$(DESTDIR)$(PREFIX)/lib/systemd/system/waybill.service"

# What Package.swift names, and what the example and the benchmarks start.
deps:
	@wanted="$$(grep -o 'apt: "[^"]*"' Package.swift | cut -d'"' -f2) mariadb-server nginx-light jq python3 python3-venv redis-tools pkg-config util-linux"; \
	missing=""; for package in $$wanted; do \
	  dpkg-query -W -f='$${Status}' "$$package" 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	sudo=""; if [ "$$(id -u)" != 0 ]; then sudo="sudo"; fi; \
	$$sudo apt-get update -q && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -q --no-install-recommends $$missing
