"""What belongs together: alerts of one home within minutes, and what comes again soon after it had been judged."""
