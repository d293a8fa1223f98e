"""Forms that come back: one reader a format, each giving what the form says, unjudged."""
