"""The use cases by topic. The method table names their methods directly."""
