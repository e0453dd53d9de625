# The commands of a developer. `make` alone lists them.

.DEFAULT_GOAL := help
.PHONY: help setup run check test test-all lint format bench bench-check ablation scale soak fuzz fuzz-check deploy-check image deny sbom

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## Install what building and running need (Debian, Ubuntu)
	@scripts/setup

run: setup ## Run the service offline with the stand-in; LIVE=1 reads the real site
	cargo run --locked -- serve $(if $(LIVE),,--replay fixtures)

# All tests share one build. They mostly wait, so twice as many run at once as there are processors.
TEST = cargo test --locked --workspace --all-features
AT_ONCE = -- --test-threads=$$((2 * $$(nproc)))

check: lint ## Lints, and the tests without a browser
	@scripts/setup-programs
	$(TEST) --lib --bins --test inside --test programs $(AT_ONCE)

test: ## Every guarantee at least once, in real browsers too
	@scripts/setup-tests
	$(TEST) $(AT_ONCE) --skip firefox::suites

test-all: ## Every test: all suites with Firefox, every Grid failure, long runs
	@scripts/setup-tests
	$(TEST) $(AT_ONCE) --include-ignored

lint: setup ## Check formatting and lints
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets --all-features -- -D warnings
	cargo clippy --locked -- -D warnings

format: ## Format the code
	cargo fmt --all

# Firefox's driver, if the tests have built it.
bench bench-check soak: export PATH := $(CURDIR)/.tools/bin:$(PATH)

bench: setup ## Compare with the bare parts; prints tables, writes benches/RESULTS.md
	cargo bench --locked --bench pages

# Uses the build of the tests, so only the measurements are compiled. The figures mean nothing.
BENCH_CHECK = cargo bench --locked --workspace --all-features --profile dev

bench-check: setup ## Build every measurement and run each once, shortly
	BENCH_ROUNDS=1 $(BENCH_CHECK) --bench pages
	SOAK_PAGES=20 $(BENCH_CHECK) --bench soak
	COLD_ROUNDS=1 $(BENCH_CHECK) --bench cold
	SCALE_ROUNDS=0 $(BENCH_CHECK) --bench scale
	$(BENCH_CHECK) --bench floor -- --test

ablation: setup ## Measure each choice of a cold read; writes benches/COLD.md
	cargo bench --locked --bench cold

scale: setup ## Measure how cost grows, and a Grid if one is installed; writes benches/SCALE.md and plots
	cargo bench --locked --bench scale

soak: setup ## Read SOAK_PAGES=10000 pages and watch memory and processes
	cargo bench --locked --bench soak

fuzz: setup ## Fuzz the crate timetable; FUZZ_RUNS=10000000 executions of each target
	@scripts/fuzz

fuzz-check: setup ## Build the fuzz targets and run them over their corpus
	@scripts/fuzz check

deploy-check: ## Check deploy/ with schemas, systemd and the browser
	@scripts/setup-deploy
	scripts/check-deploy

image: ## Build both images without Docker, as root, and read a timetable with each
	@scripts/setup-deploy
	scripts/build-image

deny: ## Check licences, origins and known vulnerabilities of the dependencies
	scripts/deny

sbom: ## Write the bill of materials to target/gonggang.cdx.json
	scripts/sbom
