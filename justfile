# The habits of this project; each is a script in bin/ that also runs without just.

# Show this list.
default:
    @just --list

# Install what is missing.
setup *ARGS:
    bin/setup {{ARGS}}

# Build and serve at http://127.0.0.1:8000.
serve *ARGS:
    bin/serve {{ARGS}}

# Everything that must hold before a change lands.
test:
    bin/test

# Write .sqlx after a change of a query or a migration.
sqlx-prepare *ARGS:
    bin/sqlx-prepare {{ARGS}}

# What CI does, here.
ci:
    bin/ci
