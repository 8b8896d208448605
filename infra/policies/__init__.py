"""What no environment may have, whatever its configuration: checked on the graph in tests, and by Pulumi while it deploys."""
