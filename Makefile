# Two commands for a newcomer: `make demo` and `make test`. Both build with the same profile.
.PHONY: demo test test-tools lint

CARGO ?= cargo
NODE ?= node

# Builds Yakuba and opens the demo town 見本市 on loopback. Needs Rust and a C compiler, nothing else.
demo:
	$(CARGO) run --package yakuba -- demo

# Installs what the tests need (Debian packages), then runs every test: rules, both databases, a real browser with axe.
test: test-tools lint
	$(CARGO) test --workspace --no-fail-fast
	$(CARGO) build --package yakuba
	cd e2e && npm ci --no-audit --no-fund --silent && $(NODE) --test --test-concurrency=1 --test-reporter=spec

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- --deny warnings

test-tools:
	scripts/install-test-tools
