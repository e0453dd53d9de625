# What a developer types. `make` alone lists it.

.DEFAULT_GOAL := help
.PHONY: help setup run test lint format bench

help: ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## Install what building and running need (Debian, Ubuntu)
	@scripts/setup

run: setup ## Serve a stand-in site's timetables, offline; LIVE=1 reads the real site
	cargo run --locked -- serve $(if $(LIVE),,--replay fixtures)

test: ## Install what the tests need, then run every one, in real browsers too
	@scripts/setup-tests
	cargo test --locked --workspace

lint: setup ## Check formatting and lints
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings

format: ## Format the code
	cargo fmt --all

bench: setup ## Measure against the bare browser; prints one table
	cargo bench --locked --bench pages
