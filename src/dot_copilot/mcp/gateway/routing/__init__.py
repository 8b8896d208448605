"""From a public name to an upstream, with the policy in between."""
