"""The processes around the portal: embedded PostgreSQL and Redis, and the supervisor of `make run`."""
