"""What a page gives, whatever the source: characters, strokes, how they are turned and read."""
