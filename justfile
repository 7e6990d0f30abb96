# Lists the recipes.
default:
    @just --list

# Starts the demo company on http://127.0.0.1:8080 (options: --listen, --data, --database-url, --fresh).
demo *options:
    cargo run --release -- demo {{ options }}

# Runs every test; PostgreSQL's are skipped where it is not installed.
test *options:
    cargo test --workspace {{ options }}

# Checks that everything compiles.
check:
    cargo check --workspace --all-targets

# Formats the code.
fmt:
    cargo fmt --all

# Everything that clippy finds is an error.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- --deny warnings

# Builds the crates' pages and opens them.
docs:
    RUSTDOCFLAGS=--deny=warnings cargo doc --workspace --no-deps --open

# Writes the OpenAPI document that is committed.
openapi:
    cargo run -- openapi > crates/app/openapi.json

# Which crate may know which: domains know no database and no web framework.
purity:
    bash .ci/purity

# Both migration trees hold the same changes, written by the house's rules.
migrations:
    bash .ci/migrations

# Licences and origins of everything we depend on (cargo-deny).
licences:
    bash .ci/licences

# Known vulnerabilities in what we depend on (cargo-audit), from ../shared/advisory-db when it is there.
advisories:
    bash .ci/advisories

# Runs the example of a crate's page in a crate outside this workspace.
outside crate="orders":
    bash .ci/outside {{ crate }}

# The demo comes up from nothing, and the README's tour walks through it.
tour:
    bash .ci/demo

# The promises about speed, as ratios measured side by side in one run.
bench:
    cargo bench -p storage --bench routing

# Thousands of requests hold the demo to its own OpenAPI document (schemathesis; python3).
schemathesis *seconds:
    bash .ci/schemathesis {{ seconds }}

# Everything that a change must pass, as the build machine runs it.
ci:
    bash .ci/run
