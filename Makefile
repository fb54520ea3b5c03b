# Each target sets up what it needs and says so; what is there already is left alone.
# The work is done by the scripts in tools/, which can also be called by themselves.

.DEFAULT_GOAL := help
.PHONY: help run dev test check bench sqlx build setup

help: ## What there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Build and run Magentic on http://127.0.0.1:3000, database included
	@tools/run.sh

dev: ## The same while you work on it: rebuilds and reloads at each change
	@tools/dev.sh

test: ## Everything: checks, tests, release build, end-to-end tests in a browser
	@tools/test.sh

check: ## Format, lints, dependencies, queries: what can be said without running anything
	@tools/check.sh

bench: ## Measure the release under load
	@tools/bench.sh

build: ## Build the release
	@tools/build.sh

sqlx: ## Bring .sqlx up to date after changing a query or adding a migration
	@tools/sqlx.sh

setup: ## Install everything the other targets need
	@tools/setup.sh
