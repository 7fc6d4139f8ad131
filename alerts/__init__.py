"""From a finding or an urgent reading to somebody who takes charge."""
