# What one does here. A target's help is the comment behind its name.

GO       ?= go
FUZZTIME ?= 20s
LOG      ?=

.DEFAULT_GOAL := help
.PHONY: help test tidy update replay verify conformance fuzz bench cover

help: ## print the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

test: ## run all tests with the race detector
	$(GO) test -race -timeout 25m ./...

tidy: ## check formatting, vet, import directions and house rules
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "run gofmt -w on these"; exit 1; }
	$(GO) vet ./...
	$(GO) test .

update: ## write goldens and docs anew; then read the diff
	$(GO) test ./fsm/stories ./simulation/scenario ./simulation/platform ./simulation/play ./simulation/whatif ./cmd/engine -rewrite
	$(GO) test ./conformance -run "TestEachQuirkShows|TestEachDifferenceIsOneQuirk" -rewrite
	$(GO) generate ./...
	@git --no-pager diff --stat
	@echo "Read the diff, and commit only what you can explain."

replay: ## print the ladder of a recording: make replay LOG=call.jsonl
	@test -n "$(LOG)" || { echo "give a recording: make replay LOG=call.jsonl"; exit 2; }
	$(GO) run ./cmd/engine replay $(LOG)

verify: ## replay the recordings of the real client and compare
	$(GO) run ./cmd/engine verify

conformance: ## have the real SDK bear witness in a headless Chromium (docs/conformance.md)
	npm ci --prefix conformance/witness --ignore-scripts --silent
	node --test simulation/server/testdata/
	$(GO) test -tags witness -count 1 -timeout 20m -parallel 8 ./conformance/witness

fuzz: ## run each fuzz target for a while: make fuzz FUZZTIME=1m
	@set -e; for pkg in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
			echo "$$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$pkg; \
		done; \
	done

bench: ## run the benchmarks on one core; docs/PERFORMANCE.md tells their figures
	GOMAXPROCS=1 $(GO) test -p 1 -run '^$$' -bench . -benchmem -timeout 60m ./...

cover: ## list the rows that no test takes, and the statements that none runs
	-$(GO) test -run TestEveryRowIsTaken ./internal/docs
	$(GO) test -cover ./...
